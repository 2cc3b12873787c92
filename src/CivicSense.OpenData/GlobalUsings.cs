global using CivicSense.Commons;
global using CivicSense.Estimation;
