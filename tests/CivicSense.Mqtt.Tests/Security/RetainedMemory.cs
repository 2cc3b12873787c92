namespace CivicSense.Mqtt.Tests.Security;

/// <summary>
/// What is still reachable on the managed heap. Buffer pools keep some megabytes of their own, the more threads have used them, and they
/// have used more on a busy machine: a limit has to be far above that and far below what an attack sends.
/// </summary>
static class RetainedMemory
{
    const int Rounds = 3;

    /// <summary>
    /// Bytes, the least of a few full collections: what waits for a finalizer, or is just being let go of, does not count.
    /// </summary>
    public static long Measure()
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            least = Math.Min(least, GC.GetTotalMemory(forceFullCollection: true));
        }

        return least;
    }
}
