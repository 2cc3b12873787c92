using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Names a filter.</summary>
/// <param name="Area">The cell.</param>
/// <param name="IsJoint">
/// False for the households that a release area's sums speak for, true for everybody in the cell, where that is more than one release area.
/// </param>
readonly record struct FilterKey(Area Area, bool IsJoint)
{
    /// <summary>
    /// From which of the filters there are a new one had best begin: of its own cell, else of the nearest around it, else of the widest.
    /// </summary>
    public FilterKey NearestOf(IEnumerable<FilterKey> known)
    {
        var area = Area;
        return known.OrderByDescending(key => key.Area.Contains(area) ? key.Area.Zoom : int.MinValue)
            .ThenBy(key => key.Area.Zoom).ThenByDescending(key => key.IsJoint).ThenBy(key => key.Area).First();
    }
}
