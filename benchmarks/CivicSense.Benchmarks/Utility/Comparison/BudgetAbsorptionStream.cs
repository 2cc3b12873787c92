namespace CivicSense.Benchmarks.Utility;

/// <summary>
/// Budget Absorption: half of epsilon pays for measuring, at every time step, how far the sum has moved from what was published last; the
/// other half for publications. A publication takes up the shares of the steps before it that published nothing, and as many steps after
/// it publish nothing in turn.
/// </summary>
/// <remarks>
/// At a step the sum is published if its noisy distance from the last publication is above the scale of the noise that the publication
/// would get; otherwise the last publication is repeated. For one area a time step is a table of one column.
/// </remarks>
sealed class BudgetAbsorptionStream(BoundedNoise noise) : IEventStream
{
    long step;
    long published;
    long publishedAt;
    int publishedUnits;

    /// <inheritdoc/>
    public int Spent { get; private set; }

    /// <inheritdoc/>
    public long Publish(long exact)
    {
        step++;
        Spent = 1;
        var distance = Math.Abs(exact - published) + noise.Draw(1);
        var nullified = Math.Max(0, publishedUnits - 1);
        if (step - publishedAt <= nullified)
            return published;
        var units = (int)Math.Min(step - (publishedAt + nullified), noise.Window);
        if (distance > noise.Scale(units).ToDouble())
        {
            published = exact + noise.Draw(units);
            (publishedAt, publishedUnits) = (step, units);
            Spent += units;
        }
        return published;
    }
}
