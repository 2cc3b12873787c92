namespace CivicSense.Privacy;

/// <summary>Where in a public list each category stands.</summary>
static class CategoryIndex
{
    /// <summary>The position of every category.</summary>
    /// <exception cref="ArgumentException">A category is null, or two are equal.</exception>
    public static Dictionary<T, int> Of<T>(IReadOnlyList<T> categories)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(categories);
        var index = new Dictionary<T, int>(categories.Count);
        for (var i = 0; i < categories.Count; i++)
        {
            if (categories[i] is null)
                throw new ArgumentException($"Category {i} is null.", nameof(categories));

            if (!index.TryAdd(categories[i], i))
            {
                throw new ArgumentException(
                    $"The categories {index[categories[i]]} and {i} are the same: {categories[i]}.", nameof(categories));
            }
        }

        return index;
    }
}
