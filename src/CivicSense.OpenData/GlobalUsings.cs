global using CivicSense.Commons;
