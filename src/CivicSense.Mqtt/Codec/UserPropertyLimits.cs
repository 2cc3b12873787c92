namespace CivicSense.Mqtt.Codec;

/// <summary>
/// How many user properties one packet may carry. They are passed on to subscribers, so a few bytes must not become many.
/// </summary>
/// <param name="Count">Number of name and value pairs.</param>
/// <param name="Bytes">Bytes of all names and values.</param>
readonly record struct UserPropertyLimits(int Count, int Bytes)
{
    /// <summary>64 pairs, 8 KiB.</summary>
    public static UserPropertyLimits Default => new(64, 8 * 1024);
}
