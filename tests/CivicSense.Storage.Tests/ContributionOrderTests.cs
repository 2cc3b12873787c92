using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage.Tests;

public sealed class ContributionOrderTests
{
    [Fact]
    public void Rows_come_by_hour_then_device_then_quantity_and_the_last_of_a_key_counts()
    {
        var random = new Random(1);
        var given = Enumerable.Range(0, 5_000).Select(place => new Contribution(
            random.Next(1, 40), (byte)random.Next(0, 8), new HourWindow(random.Next(-2, 3)), 1, 1, place)).ToArray();

        var ordered = ContributionOrder.Of(given).ToArray().Select(place => given[place]);

        Assert.Equal(
            given.GroupBy(row => (row.Window, row.DeviceId, row.QuantityOrdinal)).OrderBy(rows => rows.Key).Select(rows => rows.Last()),
            ordered);
    }

    [Theory]
    [InlineData(int.MaxValue, byte.MaxValue)]
    [InlineData(0, 0)]
    public void Large_numbers_do_not_run_into_each_other(int device, byte quantity)
    {
        Contribution[] given = [new(1, 0, new HourWindow(495_000), 1, 1, 1), new(device, quantity, new HourWindow(494_999), 1, 1, 1)];

        Assert.Equal([1, 0], ContributionOrder.Of(given).ToArray());
    }

    [Fact]
    public void Hour_far_from_now_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ContributionOrder.Of([new(1, 0, new HourWindow(1L << 23), 1, 1, 1)]).ToArray());
}
