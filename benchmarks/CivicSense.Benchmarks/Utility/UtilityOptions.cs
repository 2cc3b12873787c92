using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Utility;

/// <summary>The options of the command line, and what they ask for.</summary>
sealed class UtilityOptions
{
    public Option<string?> Field { get; } = new("--field")
    {
        Description = "Hourly values: header time,Station1,Station2,...; ISO times with an offset; empty where a value is missing. "
            + "The first station is the official one, around each of the others households are simulated.",
        HelpName = "FILE.csv",
    };

    public Option<string?> Aberdeen { get; } = new("--aberdeen")
    {
        Description = "A folder of Sensor.Community day files with a folder 'reference' of official stations, in place of --field. "
            + "Every sensor is a household; areas are merged as a node merges them. "
            + $"Runs {AberdeenScene.Repeats} times unless --repeats says otherwise; --scale, --owners, --spikes, "
            + "--seed and --days do not apply.",
        HelpName = "FOLDER",
    };

    public Option<string> QuantityId { get; } = new("--quantity")
    {
        Description = "What the field holds. Other methods are compared for pm2_5 only.",
        DefaultValueFactory = _ => Quantity.Pm25.Id,
    };

    public Option<double?> Scale { get; } = new("--scale")
    {
        Description = "What the field is multiplied with; for concentrations only. [default: 0.15 for pm2_5, else 1]",
        HelpName = "NUMBER",
    };

    public Option<int[]> Owners { get; } = List("--owners", "Households in each area, 1 to 1000.", 10, 20, 50);

    public Option<decimal[]> Epsilon { get; } = List("--epsilon", "What an owner-day may cost.", 1m, 2m);

    public Option<double> Delta { get; } = new("--delta")
    {
        Description = "The delta that goes with it; methods with Laplace noise need none.", DefaultValueFactory = _ =>
            1e-6, HelpName = "NUMBER",
    };

    public Option<string> Reference { get; } = new("--reference")
    {
        Description = "Whether the estimator gets the official values: first (the first station's), none, or both one after the other.",
        DefaultValueFactory = _ => "both",
    };

    public Option<int> ReferenceDelay { get; } = new("--reference-delay")
    {
        Description = "How many hours late official values come; 0: in time for the release of their own hour.", HelpName = "HOURS",
    };

    public Option<bool> Spikes { get; } = new("--spikes")
    {
        Description = "Households have episodes of their own: 1 % of hours start one of 1 to 4 hours that adds some 20 ug/m3. "
            + "For concentrations only.",
    };

    public Option<int> Seed { get; } = new("--seed")
    {
        Description = "Chooses the households. The noise is always the operating system's, so figures differ a little from run to run.",
        DefaultValueFactory = _ => 1, HelpName = "NUMBER",
    };

    public Option<int?> Days { get; } =
        new("--days") { Description = "Use only so many days of the field, for a quick look.", HelpName = "NUMBER" };

    public Option<int> Repeats { get; } = new("--repeats")
    {
        Description = "How often every method runs, each time with fresh noise.", DefaultValueFactory = _ => 1, HelpName = "NUMBER",
    };

    public Option<string[]> Ablations { get; } = new("--ablation")
    {
        Description = $"What to switch off, each in a run of its own: {string.Join(", ", Ablation.Names)}.",
        DefaultValueFactory = _ => [Ablation.None], HelpName = "NAMES",
        CustomParser = result => result.Tokens[0].Value.Split(','),
    };

    public Option<bool> OursOnly { get; } = new("--ours-only") { Description = "Leave the other methods out." };

    public Option<string?> Output { get; } =
        new("--output") { Description = "Also write the result as CSV, area by area.", HelpName = "FILE.csv" };

    public UtilityOptions()
    {
        Reference.AcceptOnlyFromAmong("first", "none", "both");
        QuantityId.AcceptOnlyFromAmong([.. Quantity.All.Select(quantity => quantity.Id)]);
        Check(Scale, value => value is null || (value > 0 && double.IsFinite(value.Value)), "a number above 0");
        Check(Owners, values => values.All(value => value is >= 1 and <= 1000), "1 to 1000");
        Check(Epsilon, values => values.All(value => value is > 0 and <= 100), "above 0, at most 100");
        Check(Delta, value => value is > 0 and < 1, "above 0, below 1");
        Check(ReferenceDelay, value => value is >= 0 and <= 48, "0 to 48");
        Check(Days, value => value is null or >= 4, "at least 4");
        Check(Repeats, value => value is >= 1 and <= 1000, "1 to 1000");
        Check(Ablations, values => values.All(Ablation.Names.Contains), string.Join(", ", Ablation.Names));
    }

    public IReadOnlyList<Option> All =>
    [
        Field, Aberdeen, QuantityId, Scale, Owners, Epsilon, Delta, Reference, ReferenceDelay, Spikes, Seed, Days, Repeats, Ablations,
        OursOnly, Output,
    ];

    /// <summary>What is compared.</summary>
    public ExperimentSettings Settings(ParseResult result) => new(
        [.. result.GetRequiredValue(Epsilon).Select(epsilon => new DayCost(epsilon, result.GetValue(Delta)))],
        result.GetValue(Reference) switch { "first" => [true], "none" => [false], _ => [true, false] },
        result.GetValue(ReferenceDelay),
        [.. result.GetRequiredValue(Ablations).Select(name => new Ablation(name))],
        result.GetResult(Repeats) is { Implicit: true } && result.GetValue(Aberdeen) is not null
            ? AberdeenScene.Repeats
            : result.GetValue(Repeats),
        OtherMethods: !result.GetValue(OursOnly) && QuantityOf(result) == Quantity.Pm25,
        MayMerge: result.GetValue(Aberdeen) is not null);

    /// <summary>What is measured.</summary>
    public Quantity QuantityOf(ParseResult result) =>
        Quantity.TryFind(result.GetRequiredValue(QuantityId), out var quantity)
            ? quantity
            : throw new InvalidOperationException("The parser let an unknown quantity pass.");

    /// <summary>What options say against each other; null for nothing.</summary>
    public string? Contradiction(CommandResult result)
    {
        if ((result.GetResult(Field) is null) == (result.GetResult(Aberdeen) is null))
            return "Give either --field or --aberdeen.";
        // As it was written: an unknown name has no value, and the parser says so itself.
        if (result.GetResult(QuantityId) is not { Tokens: [var token] } || !Quantity.TryFind(token.Value, out var quantity))
            return null;
        if (result.GetResult(Aberdeen) is not null)
            return "--quantity is for --field: in Aberdeen it is pm2_5.";
        return quantity.IsLogarithmic || (result.GetResult(Scale) is null && result.GetResult(Spikes) is null)
            ? null
            : $"--scale and --spikes are for concentrations, and {quantity} is none.";
    }

    /// <summary>The scenes that are compared on, made when they are needed.</summary>
    public IReadOnlyList<(int Owners, Lazy<Scene> Scene)> Scenes(ParseResult result)
    {
        if (result.GetValue(Aberdeen) is { } folder)
        {
            var scene = AberdeenScene.Read(folder);
            return [(scene.Devices.Count, new Lazy<Scene>(scene))];
        }
        var quantity = QuantityOf(result);
        var scale = result.GetValue(Scale) ?? (quantity == Quantity.Pm25 ? 0.15 : 1);
        var path = result.GetValue(Field)!;
        FieldFile field;
        using (var reader = File.OpenText(path))
        {
            try
            {
                field = FieldFile.Read(reader);
            }
            catch (UtilityException error)
            {
                throw new UtilityException($"{path}: {error.Message}");
            }
        }
        return
        [
            .. result.GetRequiredValue(Owners).Select(owners => (owners, new Lazy<Scene>(() => FieldScene.Create(
                quantity, field, scale, owners, result.GetValue(Spikes), result.GetValue(Seed), result.GetValue(Days))))),
        ];
    }

    static Option<T[]> List<T>(string name, string description, params T[] defaults)
        where T : INumber<T> => new(name)
        {
            Description = $"{description} Separated by commas.", DefaultValueFactory = _ =>
                defaults, HelpName = "NUMBERS", CustomParser = Parse<T>,
        };

    static T[]? Parse<T>(ArgumentResult result)
        where T : INumber<T>
    {
        var numbers = new List<T>();
        foreach (var text in result.Tokens[0].Value.Split(','))
        {
            if (!T.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number))
            {
                result.AddError($"'{text}' is not a number; give numbers separated by commas.");
                return null;
            }
            numbers.Add(number);
        }
        return [.. numbers];
    }

    static void Check<T>(Option<T> option, Func<T, bool> isAllowed, string allowed) => option.Validators.Add(result =>
    {
        T? value;
        try
        {
            value = result.GetValueOrDefault<T>();
        }
        catch (InvalidOperationException)
        {
            // Not a value at all: the parser says so itself.
            return;
        }
        if (value is not null && !isAllowed(value))
            result.AddError($"{option.Name}: allowed is {allowed}.");
    });
}
