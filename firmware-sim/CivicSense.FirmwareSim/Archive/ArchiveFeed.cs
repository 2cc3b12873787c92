using CivicSense.FirmwareSim.Payloads;
using CivicSense.FirmwareSim.Publishing;

namespace CivicSense.FirmwareSim.Archive;

/// <summary>The rows of one archived sensor, day file by day file: only one day is in memory at a time.</summary>
sealed class ArchiveFeed : DeviceFeed
{
    static readonly int QuantityCount = Enum.GetValues<SimulatedQuantity>().Length;

    readonly SenMlEncoder encoder;
    readonly PayloadBuffer buffer = new();
    readonly List<ArchiveRow> rows = [];
    readonly Queue<DayFile> files;
    int next;
    long sendTime;

    /// <summary>Creates the feed.</summary>
    /// <param name="device">Who sends.</param>
    /// <param name="sensorId">The archive's number of the sensor.</param>
    /// <param name="files">Its day files in order.</param>
    public ArchiveFeed(SimulatedDevice device, int sensorId, IEnumerable<DayFile> files)
        : base(device)
    {
        encoder = new SenMlEncoder(sensorId);
        this.files = new Queue<DayFile>(files);
        MoveToRow();
    }

    /// <summary>What became of the rows so far.</summary>
    public ArchiveCounts Counts { get; private set; }

    /// <inheritdoc/>
    public override long NextSendTime => sendTime;

    /// <inheritdoc/>
    public override FeedMessage Next()
    {
        Span<double> values = stackalloc double[QuantityCount];
        rows[next].CopyTo(values);
        Sent.Readings += encoder.Encode(buffer, rows[next].Time, values);
        Sent.Messages++;
        next++;
        MoveToRow();
        return new FeedMessage(buffer.Written, Duplicate: false);
    }

    void MoveToRow()
    {
        while (next == rows.Count && files.TryDequeue(out var file)) Load(file);
        // A row that is older than one already sent, from an earlier file, is sent at once: sending times never decrease.
        sendTime = next == rows.Count ? Ended : Math.Max(sendTime, rows[next].Time);
    }

    void Load(DayFile file)
    {
        rows.Clear();
        next = 0;
        var counts = Counts;
        var reader = new DayFileReader(File.ReadAllBytes(file.Path), file.Path);
        while (reader.TryReadLine(out var line))
        {
            if (reader.Columns.TryReadRow(line, out var row, ref counts)) rows.Add(row);
        }
        Counts = counts;
        rows.Sort(static (left, right) => left.Time.CompareTo(right.Time));
    }
}
