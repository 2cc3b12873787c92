using CivicSense.Mqtt;
using System.Text;
using CivicSense.Vault;

namespace CivicSense.Ingestion;

/// <summary>Which device a name in a broker's message stands for: the enrolled ones by heart, others asked of the vault once.</summary>
/// <remarks>
/// <para>Names are spread over stripes, each with a lock of its own, so that connections do not wait for each other. A name is a span of
/// the message; asking for a known one allocates nothing.</para>
/// <para>
/// Names come from outside, so few that are unknown are remembered. When a stripe is full of them, further names count as unknown without
/// asking the vault, until the next <see cref="RefreshAsync"/> has forgotten them.
/// </para>
/// </remarks>
sealed class BrokerDevices(IVault vault, OpenContributions contributions)
{
    /// <summary>A power of two.</summary>
    const int StripeCount = 64;
    const int MaximumUnknownOfStripe = 64;

    /// <summary>A longer name is no device's.</summary>
    const int MaximumNameLength = 64;

    readonly Stripe[] stripes = [.. Enumerable.Range(0, StripeCount).Select(_ => new Stripe())];

    /// <summary>
    /// The device of this name; null if there is none, as far as is known since the last refresh. Reads the vault, while the caller waits,
    /// for a name that it has not seen.
    /// </summary>
    /// <exception cref="VaultUnavailableException">The vault could not be read.</exception>
    public BrokerDevice? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > MaximumNameLength)
            return null;
        var stripe = stripes[StripeOf(name)];
        lock (stripe.Sync)
        {
            if (stripe.Known.TryGetValue(name, out var device))
                return device;
            if (stripe.UnknownCount >= MaximumUnknownOfStripe)
                return null;
        }
        return Ask(name, stripe);
    }

    /// <summary>
    /// Not under the stripe's lock: others go on while the vault is read. Two who ask for the same name get the same answer.
    /// </summary>
    BrokerDevice? Ask(ReadOnlySpan<byte> name, Stripe stripe)
    {
        var bytes = name.ToArray();
        // The connection's reading thread waits: the next message must not overtake this one, and new names are rare.
        var credential = vault.FindCredentialAsync(Encoding.UTF8.GetString(bytes), CancellationToken.None)
            .AsTask().GetAwaiter().GetResult();
        lock (stripe.Sync)
        {
            if (stripe.Known.TryGetValue(bytes, out var device))
                return device;
            device = credential is null ? null : new BrokerDevice(bytes, contributions.Of(credential.Device.Id));
            stripe.Remember(bytes, device);
            return device;
        }
    }

    /// <summary>Learns who is enrolled now, and forgets who is not.</summary>
    /// <exception cref="VaultUnavailableException">The vault could not be read; everything stays as it was.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var devices = await vault.ReadDevicesAsync(cancellationToken);
        var enrolled = devices.Select(device => (Name: Encoding.UTF8.GetBytes(device.Name), device.Id))
            .ToLookup(device => StripeOf(device.Name));
        for (var i = 0; i < stripes.Length; i++)
            Replace(stripes[i], enrolled[i]);
    }

    void Replace(Stripe stripe, IEnumerable<(byte[] Name, int Id)> enrolled)
    {
        lock (stripe.Sync)
        {
            var before = stripe.Clear();
            foreach (var (name, id) in enrolled)
            {
                var accumulator = contributions.Of(id);
                var isSame = before.TryGetValue(name, out var device) && device?.Accumulator == accumulator && before.Remove(name);
                stripe.Remember(name, isSame ? device : new BrokerDevice(name, accumulator));
            }
            foreach (var gone in before.Values)
                gone?.Forget();
        }
    }

    static int StripeOf(ReadOnlySpan<byte> name) => Utf8Comparer.Instance.GetHashCode(name) & (StripeCount - 1);

    /// <summary>Some of the names. Null stands for a name that nobody has.</summary>
    sealed class Stripe
    {
        Dictionary<byte[], BrokerDevice?> devices = new(Utf8Comparer.Instance);

        public Stripe() => Known = devices.GetAlternateLookup<ReadOnlySpan<byte>>();

        public Lock Sync { get; } = new();

        public Dictionary<byte[], BrokerDevice?>.AlternateLookup<ReadOnlySpan<byte>> Known { get; private set; }

        public int UnknownCount { get; private set; }

        public void Remember(byte[] name, BrokerDevice? device)
        {
            devices.Add(name, device);
            if (device is null)
                UnknownCount++;
        }

        /// <summary>Forgets all names, and says what they were.</summary>
        public Dictionary<byte[], BrokerDevice?> Clear()
        {
            var before = devices;
            devices = new Dictionary<byte[], BrokerDevice?>(Utf8Comparer.Instance);
            Known = devices.GetAlternateLookup<ReadOnlySpan<byte>>();
            UnknownCount = 0;
            return before;
        }
    }
}

/// <summary>A device as a broker's connection knows it.</summary>
sealed class BrokerDevice(byte[] name, DeviceAccumulator accumulator)
{
    volatile bool isGone;

    public DeviceAccumulator Accumulator { get; } = accumulator;

    /// <summary>Whether this is still the device of the name.</summary>
    public bool Is(ReadOnlySpan<byte> other) => !isGone && other.SequenceEqual(name);

    /// <summary>Says that no device has this name any more.</summary>
    public void Forget() => isGone = true;
}
