using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace CivicSense.Estimation;

/// <summary>The index tables that come with the program: every JSON file in this folder, embedded when it is built.</summary>
/// <remarks>To add a table or a new version of one, add a file; docs/indices.md describes it. Published tables are never changed.</remarks>
public static class IndexTables
{
    const string Folder = "Indices/Tables/";

    static readonly FrozenDictionary<string, IndexTable> ById =
        EmbeddedTables.Read(Folder, IndexTableReader.Read).ToFrozenDictionary(table => table.Id, StringComparer.Ordinal);

    /// <summary>All tables, ordered by id.</summary>
    public static ImmutableArray<IndexTable> All { get; } = [.. ById.Values.OrderBy(table => table.Id, StringComparer.Ordinal)];

    /// <summary>The European Air Quality Index as revised in 2024, from hourly concentrations.</summary>
    public static IndexTable Europe2024 => ById["eu-2024"];

    /// <summary>The European Air Quality Index before that revision, with particles as means of 24 hours.</summary>
    public static IndexTable EuropeBefore2024 => ById["eu-before-2024"];

    /// <summary>The US Air Quality Index of May 2024, particles only.</summary>
    public static IndexTable UnitedStates2024 => ById["us-2024"];

    /// <summary>Finds a table by its <see cref="IndexTable.Id"/>, exactly as written.</summary>
    public static bool TryFind(string id, [NotNullWhen(true)] out IndexTable? table) => ById.TryGetValue(id, out table);
}
