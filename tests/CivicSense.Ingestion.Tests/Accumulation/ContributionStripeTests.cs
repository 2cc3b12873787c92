using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Ingestion.Tests.Accumulation;

public sealed class ContributionStripeTests
{
    static readonly HourWindow Window = new(480_000);

    readonly ContributionStripe stripe = new(new OutcomeCounts());
    readonly DeviceAccumulator device;

    public ContributionStripeTests()
    {
        lock (stripe.Sync)
            device = stripe.Of(7);
    }

    [Fact]
    public void Running_total_holds_count_sum_and_newest_time()
    {
        Assert.Equal(ReadingOutcome.Accepted, Add(Quantity.Pm25, 10, 1));
        Assert.Equal(ReadingOutcome.Accepted, Add(Quantity.Pm25, 20.5, 5));
        var expected = new Contribution(7, Quantity.Pm25.Ordinal, Window, Count: 2, Sum: 30.5, LastTime: At(5));
        Assert.Equal(expected, Assert.Single(TakeChanges()));
        Assert.Equal(15.25, expected.Mean);
    }

    [Fact]
    public void Sound_is_averaged_by_energy()
    {
        Add(Quantity.Laeq, 60, 1);
        Add(Quantity.Laeq, 70, 2);
        var contribution = Assert.Single(TakeChanges());
        Assert.Equal(11_000_000, contribution.Sum, tolerance: 1e-6);
        // 10 log10((10^6 + 10^7) / 2)
        Assert.Equal(67.4036, contribution.Mean, tolerance: 1e-4);
    }

    [Fact]
    public void Reading_that_is_not_newer_is_a_duplicate_in_its_own_quantity_and_window_only()
    {
        Add(Quantity.Pm25, 10, 5);
        Assert.Equal(ReadingOutcome.Duplicate, Add(Quantity.Pm25, 10, 5));
        Assert.Equal(ReadingOutcome.Duplicate, Add(Quantity.Pm25, 99, 4));
        Assert.Equal(ReadingOutcome.Accepted, Add(Quantity.Pm10, 10, 5));
        Assert.Equal(ReadingOutcome.Accepted, Add(Quantity.Pm25, 10, 1, Window.Next));
        Assert.All(TakeChanges(), contribution => Assert.Equal((1, 10), (contribution.Count, contribution.Sum)));
    }

    [Fact]
    public void Only_what_changed_is_taken_and_only_once()
    {
        Add(Quantity.Pm25, 1, 1);
        Add(Quantity.Pm10, 2, 1);
        Assert.Equal(2, TakeChanges().Length);
        Assert.Empty(TakeChanges());
        Add(Quantity.Pm10, 3, 2);
        Assert.Equal((Quantity.Pm10.Ordinal, 2, 5), Assert.Single(TakeChanges()) is var c ? (c.QuantityOrdinal, c.Count, c.Sum) : default);
        Add(Quantity.Pm10, 3, 2);
        Assert.Empty(TakeChanges());
    }

    [Fact]
    public void Restored_contribution_is_unchanged_goes_on_and_knows_its_newest_time()
    {
        lock (stripe.Sync)
            stripe.Restore(new Contribution(7, Quantity.Pm25.Ordinal, Window, Count: 3, Sum: 30, LastTime: At(9)));
        Assert.Empty(TakeChanges());
        Assert.Equal(ReadingOutcome.Duplicate, Add(Quantity.Pm25, 1, 9));
        Assert.Equal(ReadingOutcome.Accepted, Add(Quantity.Pm25, 12, 10));
        Assert.Equal(new Contribution(7, Quantity.Pm25.Ordinal, Window, 4, 42, At(10)), Assert.Single(TakeChanges()));
    }

    [Fact]
    public void Contributions_of_many_devices_are_restored_and_go_on()
    {
        const int Devices = 1000;
        lock (stripe.Sync)
        {
            for (var id = 0; id < Devices; id++)
                stripe.Restore(new Contribution(id, Quantity.Pm25.Ordinal, Window, Count: 1, Sum: id, LastTime: At(5)));
            for (var id = 0; id < Devices; id++)
                Assert.Equal(ReadingOutcome.Accepted, stripe.Add(stripe.Of(id), new Reading(Quantity.Pm25.Ordinal, 1, At(6)), Window));
        }
        Assert.Equal(Enumerable.Range(0, Devices).Select(id => (id, 2, id + 1.0)), TakeChanges().Select(c => (c.DeviceId, c.Count, c.Sum)));
    }

    [Fact]
    public void Closed_windows_are_dropped_and_the_others_kept()
    {
        Add(Quantity.Pm25, 1, 1);
        Add(Quantity.Pm25, 2, 1, Window.Next);
        Add(Quantity.Pm10, 3, 1);
        TakeChanges();
        lock (stripe.Sync)
            stripe.DropThrough(Window);
        // What was dropped begins anew; what was kept goes on.
        Assert.Equal(ReadingOutcome.Accepted, Add(Quantity.Pm25, 5, 1));
        Assert.Equal(ReadingOutcome.Duplicate, Add(Quantity.Pm25, 5, 1, Window.Next));
        Assert.Equal(ReadingOutcome.Accepted, Add(Quantity.Pm25, 5, 2, Window.Next));
        Assert.Equal([(Window, 1), (Window.Next, 2)], TakeChanges().Select(c => (c.Window, c.Count)));
    }

    [Fact]
    public void A_day_of_windows_whose_release_is_delayed_is_kept_with_all_quantities()
    {
        for (var hour = 0; hour < 24; hour++)
        {
            foreach (var quantity in Quantity.All)
                Assert.Equal(ReadingOutcome.Accepted, Add(quantity, quantity.Maximum, 1, new HourWindow(Window.Index + hour)));
        }
        Assert.Equal(24 * Quantity.All.Length, TakeChanges().Length);
    }

    [Fact]
    public void Devices_of_a_stripe_keep_to_themselves()
    {
        DeviceAccumulator other;
        lock (stripe.Sync)
            other = stripe.Of(7 + 64);
        Add(Quantity.Pm25, 1, 5);
        // Not newer than the first device's reading, and another's all the same.
        lock (stripe.Sync)
            Assert.Equal(ReadingOutcome.Accepted, stripe.Add(other, new Reading(Quantity.Pm25.Ordinal, 2, At(4)), Window));
        Assert.Equal([(7, 1.0), (71, 2.0)], TakeChanges().Select(c => (c.DeviceId, c.Sum)));
    }

    [Fact]
    public void Room_of_dropped_windows_is_used_again()
    {
        for (var hour = 0; hour < 1000; hour++)
        {
            var window = new HourWindow(Window.Index + hour);
            Assert.Equal(ReadingOutcome.Accepted, Add(Quantity.Pm25, hour, 1, window));
            Assert.Equal((1, hour), Assert.Single(TakeChanges()) is var c ? (c.Count, c.Sum) : default);
            lock (stripe.Sync)
                stripe.DropThrough(window);
        }
        Assert.Equal(1, stripe.SeriesUsed);
    }

    static long At(long offset) => Window.Start.ToUnixTimeMilliseconds() + offset;

    ReadingOutcome Add(Quantity quantity, double value, long offset, HourWindow? window = null)
    {
        var at = window ?? Window;
        lock (stripe.Sync)
            return stripe.Add(device, new Reading(quantity.Ordinal, value, at.Start.ToUnixTimeMilliseconds() + offset), at);
    }

    Contribution[] TakeChanges()
    {
        var batch = new CommitBatch();
        lock (stripe.Sync)
            stripe.TakeChanges(batch);
        return batch.Contributions.Span.ToArray();
    }
}
