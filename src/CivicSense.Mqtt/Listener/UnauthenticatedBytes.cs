namespace CivicSense.Mqtt.Listener;

/// <summary>The bytes of all CONNECT packets that are being read: the memory of strangers. Thread-safe.</summary>
sealed class UnauthenticatedBytes(long maximum)
{
    long used;

    public long Used => Interlocked.Read(ref used);

    public Share Begin() => new(this);

    /// <summary>What one connection holds; given back when it is disposed.</summary>
    public sealed class Share(UnauthenticatedBytes all) : IDisposable
    {
        long held;

        /// <summary>Says that the connection holds so many bytes now; false if all together hold too many.</summary>
        public bool TryGrow(long bytes)
        {
            long more = bytes - held;
            held = bytes;
            return Interlocked.Add(ref all.used, more) <= all.Maximum;
        }

        public void Dispose() => Interlocked.Add(ref all.used, -held);
    }

    long Maximum => maximum;
}
