namespace CivicSense.Ingestion;

/// <summary>Where the open contributions of one device are. A connection holds this, so that no message looks anything up.</summary>
sealed class DeviceAccumulator(int deviceId, ContributionStripe stripe)
{
    /// <summary>The device's newest record in the stripe's table. Guarded by the stripe.</summary>
    public int FirstSeries = SeriesTable.None;

    /// <summary>
    /// The ticket of the device's newest change. Guarded by the stripe. What a message waits for depends on its own device only: the time
    /// of an acknowledgement must not tell when another household measured.
    /// </summary>
    public long LastTicket;

    volatile bool isDeparted;
    byte[]? secretHash;

    /// <summary>
    /// Whether the device has been deleted. Its contributions stay in memory until their windows close; the vault takes none.
    /// </summary>
    public bool IsDeparted => isDeparted;

    /// <summary>The device.</summary>
    public int DeviceId { get; } = deviceId;

    /// <summary>What holds its contributions.</summary>
    public ContributionStripe Stripe { get; } = stripe;

    /// <summary>SHA-256 of the newest secret known here; null before anybody came with one. Never changed in place.</summary>
    public byte[]? SecretHash => Volatile.Read(ref secretHash);

    /// <summary>Says that the device has been deleted.</summary>
    public void Depart() => isDeparted = true;

    /// <summary>Somebody has come with the device's secret. Whoever came with another one has no right to be here any more.</summary>
    /// <returns>The hash, for <see cref="IsSecret"/>.</returns>
    public byte[] SignIn(ReadOnlySpan<byte> hash)
    {
        if (SecretHash is { } known && hash.SequenceEqual(known))
            return known;
        var newest = hash.ToArray();
        Volatile.Write(ref secretHash, newest);
        return newest;
    }

    /// <summary>The device has another secret than was known, unless somebody has come with a newer one meanwhile.</summary>
    public void ReplaceSecret(byte[] known, ReadOnlySpan<byte> newest)
    {
        if (!newest.SequenceEqual(known))
            Interlocked.CompareExchange(ref secretHash, newest.ToArray(), known);
    }

    /// <summary>Whether this is still the device's secret, as far as is known here.</summary>
    public bool IsSecret(byte[] hash) => SecretHash is { } newest && (newest == hash || newest.AsSpan().SequenceEqual(hash));
}
