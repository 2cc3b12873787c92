namespace CivicSense.Estimation;

/// <summary>Mean and variance of a value on the model scale.</summary>
readonly record struct Moments(double Mean, double Variance);
