using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace CivicSense.OpenData.Tests;

/// <summary>A table made from a seed: columns of every type, with the values that encodings find hard.</summary>
sealed class ParquetTable
{
    readonly List<(ParquetColumn Column, List<string?> Expected, Action<Random> Append)> columns = [];
    readonly Random random;

    public ParquetTable(int seed)
    {
        random = new Random(seed);
        Rows = random.Next(4) switch { 0 => random.Next(3), 1 => random.Next(20), 2 => random.Next(300), _ => random.Next(3000) };
        RowsOfGroup = random.Next(3) == 0 ? 1 + random.Next(200) : 5000;
        var count = 1 + random.Next(8);
        for (var i = 0; i < count; i++)
            AddColumn(string.Create(CultureInfo.InvariantCulture, $"column {i} é"));
    }

    public int Rows { get; }

    public int RowsOfGroup { get; }

    public void Write(Stream output)
    {
        var writer = new ParquetWriter(
            output, [.. columns.Select(column => column.Column)], [new("licence", "ODbL-1.0"), new("clé", "valeur \"é\"")], RowsOfGroup);
        for (var row = 0; row < Rows; row++)
        {
            foreach (var column in columns)
                column.Append(random);
            writer.EndRow();
        }
        writer.Complete();
    }

    /// <summary>Checks what a reader of tests/parquet-readers/read.mjs has printed.</summary>
    public void Check(JsonElement read, string what)
    {
        Assert.Equal(columns.Select(column => column.Column.Name),
            read.GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(Rows, read.GetProperty("rows").GetInt32());
        Assert.Equal("valeur \"é\"", read.GetProperty("metadata").GetProperty("clé").GetString());
        var found = read.GetProperty("columns").EnumerateArray().ToList();
        for (var i = 0; i < columns.Count; i++)
        {
            var values = found[i].EnumerateArray().Select(value => value.GetString()).ToList();
            for (var row = 0; row < Rows; row++)
            {
                if (columns[i].Expected[row] != values[row])
                    Assert.Fail($"{what}: row {row} of {columns[i].Column.GetType().Name} is {values[row]} instead "
                        + $"of {columns[i].Expected[row]}");
            }
        }
    }

    void AddColumn(string name)
    {
        var isOptional = random.Next(2) == 0;
        // How often something new comes: from one value all over to nothing twice.
        var novelty = random.Next(4) switch { 0 => 0, 1 => 0.02, 2 => 0.5, _ => 1.0 };
        switch (random.Next(7))
        {
            case 0:
                Add(new BooleanColumn(name, isOptional), isOptional, novelty, () =>
                    random.Next(2) == 0, value => value ? "btrue" : "bfalse");
                break;
            case 1:
                Add(new Int32Column(name, isOptional), isOptional, novelty, () =>
                    (int)Whole(int.MinValue, int.MaxValue), value => Number(value));
                break;
            case 2:
                Add(new Int32Column(name, isOptional, ParquetLogicalType.Date), isOptional, novelty, () => random.Next(-20_000, 60_000),
                    value => string.Create(CultureInfo.InvariantCulture, $"t{value * 86_400_000L}"));
                break;
            case 3:
                Add(new Int64Column(name, isOptional), isOptional, novelty, () => Whole(long.MinValue, long.MaxValue),
                    value => string.Create(CultureInfo.InvariantCulture, $"i{value}"));
                break;
            case 4:
                Add(new Int64Column(name, isOptional, ParquetLogicalType.TimestampMilliseconds), isOptional, novelty,
                    () => random.NextInt64(-2_000_000_000_000, 4_000_000_000_000), value =>
                        string.Create(CultureInfo.InvariantCulture, $"t{value}"));
                break;
            case 5:
                Add(new DoubleColumn(name, isOptional), isOptional, novelty, Fraction, Number);
                break;
            default:
                Add(new TextColumn(name, isOptional), isOptional, novelty, Text, value => "s" + value);
                break;
        }
    }

    void Add<T>(ParquetColumn<T> column, bool isOptional, double novelty, Func<T> draw, Func<T, string> expect)
        where T : notnull
    {
        var expected = new List<string?>();
        var last = draw();
        columns.Add((column, expected, chance =>
        {
            if (isOptional && chance.Next(4) == 0)
            {
                column.AppendNull();
                expected.Add(null);
                return;
            }
            if (chance.NextDouble() < novelty)
                last = draw();
            column.Append(last);
            expected.Add(expect(last));
        }));
    }

    long Whole(long least, long greatest) => random.Next(6) switch
    {
        0 => least,
        1 => greatest,
        2 => 0,
        3 => random.NextInt64(least, greatest),
        _ => random.Next(-100, 100),
    };

    double Fraction() => random.Next(8) switch
    {
        0 => 0.0,
        1 => -0.0,
        2 => double.NaN,
        3 => double.NegativeInfinity,
        4 => double.Epsilon,
        5 => random.Next(1000) / 10.0,
        _ => (random.NextDouble() - 0.5) * 1e6,
    };

    string Text() => random.Next(5) switch
    {
        0 => "",
        1 => "µg/m³ 😀",
        2 => new string('x', random.Next(200)),
        _ => random.Next(1000).ToString(CultureInfo.InvariantCulture),
    };

    // JavaScript does not say which of the NaNs a NaN is.
    static string Number(double value) =>
        double.IsNaN(value) ? "dNaN" : "d" + BitConverter.DoubleToUInt64Bits(value).ToString("x16", CultureInfo.InvariantCulture);
}
