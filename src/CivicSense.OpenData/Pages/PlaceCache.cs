namespace CivicSense.OpenData;

/// <summary>
/// Keeps the names of the newest plan's areas: of hundreds of areas they take longer to find than all the rest of a page.
/// </summary>
sealed class PlaceCache
{
    sealed record Entry(ReleasePlan Plan, AreaNames Names);

    volatile Entry? newest;

    /// <summary>The areas of a plan and their names.</summary>
    public AreaLabels Names(ReleasePlan plan, Words words)
    {
        var known = newest;
        if (known is null || !known.Plan.Areas.SequenceEqual(plan.Areas))
            newest = known = new Entry(plan, AreaNames.Of(plan));
        return new AreaLabels(known.Names, words.Language);
    }
}
