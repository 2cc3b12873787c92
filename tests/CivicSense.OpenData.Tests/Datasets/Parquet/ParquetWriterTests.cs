using System.Collections.Immutable;
using System.Text.Json;

namespace CivicSense.OpenData.Tests;

public sealed class ParquetWriterTests
{
    const int Tables = 150;

    [Theory]
    [InlineData("hyparquet")]
    [InlineData("duckdb")]
    public async Task What_was_written_is_what_other_readers_read(string reader)
    {
        using var folder = new ScratchFolder();
        var first = Random.Shared.Next(1_000_000);
        var tables = Enumerable.Range(first, Tables)
            .Select(seed => (Seed: seed, Table: new ParquetTable(seed), Path: folder.File($"{seed}.parquet"))).ToList();
        foreach (var (_, table, path) in tables)
        {
            await using var file = File.Create(path);
            table.Write(file);
        }
        var output = await NodeScript.RunAsync("read.mjs", [reader, .. tables.Select(table => table.Path)]);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Tables, lines.Length);
        for (var i = 0; i < Tables; i++)
            tables[i].Table.Check(JsonDocument.Parse(lines[i]).RootElement, $"seed {tables[i].Seed}");
    }

    [Fact]
    public void The_same_rows_give_the_same_bytes()
    {
        using var first = new MemoryStream();
        using var second = new MemoryStream();
        new ParquetTable(7).Write(first);
        new ParquetTable(7).Write(second);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Fact]
    public void A_row_that_leaves_a_column_out_is_refused()
    {
        var (given, left) = (new Int32Column("given"), new Int32Column("left out"));
        var writer = new ParquetWriter(Stream.Null, [given, left], []);
        given.Append(1);
        Assert.Contains("left out", Assert.Throws<InvalidOperationException>(writer.EndRow).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_required_column_takes_no_gap() => Assert.Throws<InvalidOperationException>(new TextColumn("name").AppendNull);

    [Fact]
    public void A_group_of_rows_is_written_when_it_is_full()
    {
        using var file = new MemoryStream();
        var column = new DoubleColumn("x");
        var writer = new ParquetWriter(file, [column], [], rowsOfGroup: 10);
        for (var i = 0; i < 9; i++)
        {
            column.Append(i);
            writer.EndRow();
        }
        Assert.Equal(4, file.Length);
        column.Append(9);
        writer.EndRow();
        Assert.True(file.Length > 40);
        Assert.Equal(0, column.RowCount);
    }

    [Fact]
    public async Task Statistics_tell_readers_which_groups_to_leave_out()
    {
        using var folder = new ScratchFolder();
        var path = folder.File("statistics.parquet");
        var (number, fraction, text) = (new Int64Column("number"), new DoubleColumn("fraction"), new TextColumn("text", isOptional: true));
        await using (var file = File.Create(path))
        {
            var writer = new ParquetWriter(file, [number, fraction, text], [], rowsOfGroup: 3);
            foreach (var (value, name) in new (int, string?)[] { (-5, "b"), (3, null), (1, "ä"), (100, null), (200, null), (150, null) })
            {
                number.Append(value);
                fraction.Append(value / 2.0);
                if (name is null) text.AppendNull();
                else text.Append(name);
                writer.EndRow();
            }
            writer.Complete();
        }
        var statistics = await NodeScript.RunAsync("query.mjs",
            $"SELECT stats_min_value, stats_max_value, stats_null_count, num_values FROM parquet_metadata('{path}') ORDER BY "
                + "row_group_id, column_id");
        Assert.Equal("-5,3,0,3\n-2.5,1.5,0,3\nb,ä,1,3\n100,200,0,3\n50.0,100.0,0,3\nnull,null,3,3\n", statistics);
        Assert.Equal("1\n", await NodeScript.RunAsync("query.mjs", $"SELECT count(*) FROM '{path}' WHERE number = 150 AND fraction > 60"));
        Assert.Equal("0\n", await NodeScript.RunAsync("query.mjs", $"SELECT count(*) FROM '{path}' WHERE text = 'c'"));
    }
}
