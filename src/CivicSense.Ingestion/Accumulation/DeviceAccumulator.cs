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

    /// <summary>
    /// Whether the device has been deleted. Its contributions stay in memory until their windows close; the vault takes none.
    /// </summary>
    public bool IsDeparted => isDeparted;

    /// <summary>The device.</summary>
    public int DeviceId { get; } = deviceId;

    /// <summary>What holds its contributions.</summary>
    public ContributionStripe Stripe { get; } = stripe;

    /// <summary>Says that the device has been deleted.</summary>
    public void Depart() => isDeparted = true;
}
