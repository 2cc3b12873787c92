using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CivicSense.Commons;
using CivicSense.Ingestion;
using CivicSense.Release;
using CivicSense.Vault;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>What a household's sensors usually say.</summary>
enum Temperament
{
    Ordinary,
    High,
    Low,
    Wild,
    Rare,
    Silent,
}

/// <summary>The two kinds of messages that devices send.</summary>
enum MessageKind
{
    SenML,
    AirRohr,
}

/// <summary>One device of a household, both numbered from 0.</summary>
sealed record Sensor(int Number, int Household, Area Place, MessageKind Kind)
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"sensor-{Number}");

    /// <summary>All kinds of calibration, and none.</summary>
    public string Model => Kind == MessageKind.AirRohr ? "sds011" : Number % 2 == 0 ? "pms5003" : DeviceModel.Unknown;

    public byte[] Secret => Encoding.UTF8.GetBytes("secret of " + Name);
}

/// <summary>Who is enrolled where, on which day, and who among them is the household whose day changes.</summary>
/// <param name="Seed">Draws the noise of the recorded run.</param>
/// <param name="Options">The node's settings.</param>
/// <param name="Day">The day that differs between neighbours.</param>
/// <param name="Households">All households; the target is the first.</param>
/// <param name="Sensors">All sensors.</param>
sealed record Neighbourhood(
    int Seed, ReleaseOptions Options, PrivacyDay Day, ImmutableArray<Temperament> Households, ImmutableArray<Sensor> Sensors)
{
    public const int Target = 0;

    static readonly string[] Cells =
    [
        "03113200000000", "03113210000000", "03113220000000", "03113300000000", "03113310000000", "03113320000000",
    ];

    static readonly (string Zone, DateOnly Date)[] Days =
    [
        ("Europe/London", new DateOnly(2026, 3, 29)), // 23 hours
        ("Europe/London", new DateOnly(2026, 10, 25)), // 25 hours
        ("Asia/Kolkata", new DateOnly(2026, 6, 1)), // midnight at half an hour
        ("Australia/Lord_Howe", new DateOnly(2026, 4, 5)), // clocks change by half an hour
        ("America/New_York", new DateOnly(2026, 7, 4)),
        ("UTC", new DateOnly(2026, 12, 31)),
    ];

    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(Options.TimeZone);

    public IReadOnlyList<HourWindow> Windows => Day.Windows(Zone);

    /// <summary>The node starts early enough to plan the day, so its first window belongs to the day before.</summary>
    public DateTimeOffset Start => Windows[0].Start.AddHours(-2).AddMinutes(3);

    /// <summary>How many whole days the node runs on after the day.</summary>
    public int DaysAfter { get; init; }

    /// <summary>Two windows more are released, too: what was carried over midnight would be in them.</summary>
    public DateTimeOffset End => new PrivacyDay(Day.Date.AddDays(DaysAfter)).Windows(Zone)[^1].End.AddHours(2).AddMinutes(20);

    public IEnumerable<Sensor> SensorsOf(int household) => Sensors.Where(sensor => sensor.Household == household);

    /// <summary>The database numbers owners from 1 in the order of their enrolment.</summary>
    public static int OwnerId(int household) => household + 1;

    /// <summary>The database numbers devices from 1 in the order of their enrolment.</summary>
    public Sensor SensorOfDevice(int deviceId) => InEnrolmentOrder[deviceId - 1];

    Sensor[] InEnrolmentOrder => [.. Sensors.OrderBy(sensor => sensor.Household).ThenBy(sensor => sensor.Number)];

    public IReadOnlyList<EnrolmentRequest> Enrolment() =>
    [
        .. InEnrolmentOrder.Select(sensor => new EnrolmentRequest(
            string.Create(CultureInfo.InvariantCulture, $"household-{sensor.Household}"), sensor.Name, sensor.Place,
            DeviceSecret.Hash(sensor.Secret), sensor.Model)),
    ];

    /// <summary>Two or three areas, the first just large enough, households with one to three sensors in one or two areas.</summary>
    public static Neighbourhood Generate(int seed)
    {
        var random = new Random(seed);
        var (zone, date) = Days[random.Next(Days.Length)];
        var areas = random.Next(2, 4);
        var households = ImmutableArray.CreateBuilder<Temperament>();
        var sensors = ImmutableArray.CreateBuilder<Sensor>();
        for (var area = 0; area < areas; area++)
        {
            for (var count = area == 0 ? 5 : random.Next(5, 7); count > 0; count--)
            {
                for (var more = random.Next(4) == 0 ? 2 : 1; more > 0; more--)
                    sensors.Add(new Sensor(sensors.Count, households.Count, Area.Parse(Cells[area]), Kind(random)));
                if (area > 0 && random.Next(4) == 0)
                    sensors.Add(new Sensor(sensors.Count, households.Count, Area.Parse(Cells[1 + random.Next(areas - 1)]), Kind(random)));
                households.Add((Temperament)random.Next(6));
            }
        }
        var options = new ReleaseOptions { TimeZone = zone, Rho = random.Next(2) == 0 ? 0.028m : 1 };
        var made = new Neighbourhood(random.Next(), options, new PrivacyDay(date), households.ToImmutable(), sensors.ToImmutable());
        return made.WithTarget(random.Next(3) == 0 ? Temperament.Ordinary : Temperament.High);
    }

    static MessageKind Kind(Random random) => random.Next(3) == 0 ? MessageKind.AirRohr : MessageKind.SenML;

    public Neighbourhood On(string zone, DateOnly date) =>
        this with { Options = Options with { TimeZone = zone }, Day = new PrivacyDay(date) };

    public Neighbourhood WithTarget(Temperament temperament) => this with { Households = Households.SetItem(Target, temperament) };

    /// <summary>The target's sensors replaced by these many in each of the first cells.</summary>
    public Neighbourhood WithTargetSensors(int areas, int perArea, MessageKind? kind = null)
    {
        var others = Sensors.Where(sensor => sensor.Household != Target).ToList();
        var own = Enumerable.Range(0, areas * perArea).Select(index =>
            new Sensor(0, Target, Area.Parse(Cells[index / perArea]), kind ?? (index % 2 == 0 ? MessageKind.SenML : MessageKind.AirRohr)));
        return this with { Sensors = [.. own.Concat(others).Select((sensor, number) => sensor with { Number = number })] };
    }

    /// <summary>One more area, in which five households are enrolled and only the target ever sends anything.</summary>
    public Neighbourhood WithTargetAlone()
    {
        var sensors = Sensors.Select(sensor => sensor.Household == Target ? sensor with { Place = Area.Parse(Cells[5]) } : sensor).ToList();
        var households = Households.ToList();
        for (var count = 0; count < 4; count++)
        {
            sensors.Add(new Sensor(sensors.Count, households.Count, Area.Parse(Cells[5]), MessageKind.SenML));
            households.Add(Temperament.Silent);
        }
        // The first area is one short without the target.
        sensors.Add(new Sensor(sensors.Count, households.Count, Area.Parse(Cells[0]), MessageKind.SenML));
        households.Add(Temperament.Ordinary);
        return this with { Sensors = [.. sensors], Households = [.. households] };
    }
}
