using System.Collections.Immutable;

namespace CivicSense.Commons;

/// <summary>The areas that estimates exist for: the release areas of a plan and their common parents.</summary>
/// <remarks>
/// A parent is part of the tree if it joins at least two branches; the topmost one is the whole neighbourhood. A release area may lie
/// inside another: the outer one then holds the households that are in none of its finer areas, and an estimate for it speaks for
/// everybody in its cell, the finer areas included.
/// </remarks>
public sealed class AreaTree
{
    AreaTree(ImmutableArray<AreaNode> nodes) => Nodes = nodes;

    /// <summary>All areas of the tree in quadkey order, so that parents come before their children.</summary>
    public ImmutableArray<AreaNode> Nodes { get; }

    /// <summary>Builds the tree over <paramref name="releaseAreas"/>.</summary>
    public static AreaTree Build(IEnumerable<Area> releaseAreas)
    {
        var leaves = releaseAreas.ToHashSet();
        var all = new SortedSet<Area>(leaves);
        var sorted = all.ToArray();
        // The cells where two branches meet are exactly the common prefixes of neighbours in quadkey order.
        for (var i = 1; i < sorted.Length; i++)
            all.Add(CommonParent(sorted[i - 1], sorted[i]));

        var nodes = ImmutableArray.CreateBuilder<AreaNode>(all.Count);
        foreach (var area in all)
        {
            Area? parent = null;
            foreach (var candidate in all)
            {
                if (candidate != area && candidate.Contains(area) && (parent is null || candidate.Zoom > parent.Value.Zoom))
                    parent = candidate;
            }
            nodes.Add(new AreaNode(area, parent, leaves.Contains(area), [.. sorted.Where(area.Contains)]));
        }
        return new AreaTree(nodes.ToImmutable());
    }

    /// <summary>The smallest cell that contains both.</summary>
    public static Area CommonParent(Area first, Area second)
    {
        var length = first.QuadKey.AsSpan().CommonPrefixLength(second.QuadKey);
        return first.AtZoom(length);
    }
}

/// <summary>One area of an <see cref="AreaTree"/>.</summary>
/// <param name="Area">The cell.</param>
/// <param name="Parent">The nearest containing area of the tree; null for the topmost.</param>
/// <param name="IsReleaseArea">Whether noisy sums are released for it.</param>
/// <param name="ReleaseAreas">The release areas inside it, itself included where it is one: what its estimates are made of.</param>
public sealed record AreaNode(Area Area, Area? Parent, bool IsReleaseArea, ImmutableArray<Area> ReleaseAreas);
