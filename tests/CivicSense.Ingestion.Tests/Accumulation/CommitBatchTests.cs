using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion.Tests.Accumulation;

public sealed class CommitBatchTests
{
    static readonly HourWindow Window = new(480_000);

    [Fact]
    public void Contributions_of_released_windows_are_left_out_and_only_their_new_readings_are_lost()
    {
        var batch = new CommitBatch();
        batch.Add(Of(1, Window), readings: 3);
        batch.Add(Of(1, Window.Next), readings: 5);
        batch.Add(Of(2, new HourWindow(Window.Index - 1)), readings: 7);
        batch.Add(Of(2, Window.Next), readings: 11);

        Assert.Equal(10, batch.DropThrough(Window));
        Assert.Equal([Of(1, Window.Next), Of(2, Window.Next)], batch.Contributions.ToArray());
        Assert.Equal(0, batch.DropThrough(Window));
        Assert.Equal(16, batch.DropThrough(Window.Next));
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public void Batch_grows_and_is_used_again()
    {
        var batch = new CommitBatch();
        for (var round = 0; round < 2; round++)
        {
            for (var device = 0; device < 1000; device++)
                batch.Add(Of(device, Window), readings: 1);
            Assert.Equal(Enumerable.Range(0, 1000), batch.Contributions.ToArray().Select(contribution => contribution.DeviceId));
            batch.Clear();
            Assert.Equal(0, batch.Count);
        }
    }

    static Contribution Of(int device, HourWindow window) => new(device, Quantity.Pm25.Ordinal, window, Count: 20, Sum: 100, LastTime: 1);
}
