UPDATE races SET seconds = 64;
