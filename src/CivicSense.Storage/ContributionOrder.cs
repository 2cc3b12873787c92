using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>
/// The order of the table's key: hour, device, quantity. Neighbouring rows then go to the same pages, one after the other.
/// </summary>
static class ContributionOrder
{
    /// <summary>The places of contributions in the order of their keys, each key once: where it was given last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An hour lies more than 956 years before or after 1970.</exception>
    public static ReadOnlySpan<int> Of(ReadOnlySpan<Contribution> contributions)
    {
        var keys = new long[contributions.Length];
        var places = new int[contributions.Length];
        for (var place = 0; place < places.Length; place++)
        {
            keys[place] = ContributionKey.Of(contributions[place]);
            places[place] = place;
        }
        Array.Sort(keys, places);
        var kept = 0;
        for (var i = 0; i < places.Length; i++)
        {
            if (kept > 0 && keys[kept - 1] == keys[i])
            {
                places[kept - 1] = Math.Max(places[kept - 1], places[i]);
                continue;
            }
            (keys[kept], places[kept]) = (keys[i], places[i]);
            kept++;
        }
        return places.AsSpan(0, kept);
    }
}
