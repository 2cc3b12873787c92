using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Reads a table of guidelines and refuses one whose levels are not in order.</summary>
static class GuidelineTableReader
{
    /// <param name="stream">The file.</param>
    /// <param name="name">Its name without the extension, which the table's id must repeat.</param>
    /// <exception cref="InvalidDataException">The table is malformed; the message says where.</exception>
    public static GuidelineTable Read(Stream stream, string name)
    {
        var document = TableFile.Parse<Document>(stream, name);
        if (document.Id != name)
            throw TableFile.Refused(name, $"calls itself {document.Id}");
        if (document.Levels.Length == 0)
            throw TableFile.Refused(name, "has no level");
        var levels = Array.ConvertAll(document.Levels, level => Level(level, name));
        foreach (var group in levels.GroupBy(level => (level.Quantity, level.Period)))
        {
            foreach (var (level, next) in group.Zip(group.Skip(1)))
            {
                if (next.Value >= level.Value)
                    throw TableFile.Refused(name, $"is not sorted: {next.Name} of {next.Quantity} is not below {level.Name}");
            }
        }
        return new GuidelineTable(document.Id, document.Name, document.Source, [.. levels]);
    }

    static GuidelineLevel Level(LevelEntry level, string name)
    {
        if (!Quantity.TryFind(level.Quantity, out var quantity))
            throw TableFile.Refused(name, $"has a level of {level.Quantity}, which is no quantity");
        if (level.Unit != quantity.Unit)
            throw TableFile.Refused(name, $"gives {quantity} in {level.Unit}, not in {quantity.Unit}");
        if (level.Value <= 0 || !quantity.IsValid(level.Value))
            throw TableFile.Refused(name, $"has a {level.Name} of {quantity} that is not positive or not valid");
        return new GuidelineLevel(quantity, level.Period, level.Name, level.Value);
    }

    sealed record Document(string Id, string Name, string Source, LevelEntry[] Levels);

    sealed record LevelEntry(string Quantity, string Unit, GuidelinePeriod Period, string Name, double Value);
}
