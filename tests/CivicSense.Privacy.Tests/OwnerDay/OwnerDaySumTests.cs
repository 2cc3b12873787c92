using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class OwnerDaySumTests
{
    [Fact]
    public void Does_not_depend_on_order_or_grouping() => Prop.ForAll<long[], int>((values, seed) =>
    {
        var inOrder = new OwnerDaySum();
        foreach (var value in values)
        {
            inOrder.Add(value);
        }

        var shuffled = values.ToArray();
        new Random(seed).Shuffle(shuffled);
        OwnerDaySum left = new(), right = new();
        for (var i = 0; i < shuffled.Length; i++)
        {
            (i % 3 == 0 ? left : right).Add(shuffled[i]);
        }

        left.Add(right);
        Assert.Equal(inOrder.Value, left.Value);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Is_exact_far_beyond_64_bits()
    {
        var sum = new OwnerDaySum();
        for (var i = 0; i < 1_000; i++)
        {
            sum.Add(long.MaxValue);
        }

        sum.Add(-7);
        Assert.Equal(((Int128)long.MaxValue * 1_000) - 7, sum.Value);
    }

    [Fact]
    public void Throws_rather_than_wraps_and_keeps_its_value()
    {
        var sum = new OwnerDaySum();
        sum.Add(long.MaxValue);
        for (var doubling = 0; doubling < 64; doubling++)
        {
            sum.Add(sum);
        }

        var before = sum.Value;
        Assert.Throws<OverflowException>(() => sum.Add(sum));
        Assert.Equal(before, sum.Value);
    }
}
