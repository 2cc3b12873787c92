using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>The registry where one process does everything: nobody else has to be told. The lock of the file keeps others out.</summary>
sealed class OnlyIngestProcess(TimeProvider time) : IIngestRegistry, IIngestRoster
{
    readonly Lock sync = new();
    HourWindow? closedThrough;
    bool isRegistered;
    bool isStopped;

    public ValueTask<long> RegisterAsync(CancellationToken cancellationToken)
    {
        lock (sync)
            (isRegistered, isStopped, closedThrough) = (true, false, null);
        return new(1);
    }

    public ValueTask<IngestAnswer> ReportAsync(HourWindow? closedThrough, CancellationToken cancellationToken)
    {
        lock (sync)
        {
            if (!(closedThrough <= this.closedThrough))
                this.closedThrough = closedThrough ?? this.closedThrough;
        }
        return default;
    }

    public ValueTask StopAsync(CancellationToken cancellationToken)
    {
        lock (sync)
            isStopped = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask<IngestRoster> ReadAsync(CancellationToken cancellationToken)
    {
        lock (sync)
        {
            return new(new IngestRoster(
                isRegistered ? [new IngestProcess("", 1, time.GetUtcNow(), TimeSpan.Zero, closedThrough, isStopped)] : [], null));
        }
    }
}
