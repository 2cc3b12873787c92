using System.ComponentModel.DataAnnotations;

namespace CivicSense.FirmwareSim;

/// <summary>Which share of the devices has which fault, 0 to 1. A share above 0 means at least one device.</summary>
public sealed record FaultRates
{
    /// <summary>Values off by a constant; default 0.03.</summary>
    [Range(0.0, 1.0)]
    public double ConstantBias { get; init; } = 0.03;

    /// <summary>Devices that fall silent on about half of the days, for one to eight hours; default 0.05.</summary>
    [Range(0.0, 1.0)]
    public double DropOut { get; init; } = 0.05;

    /// <summary>Devices that repeat messages, with or without the DUP flag; default 0.05.</summary>
    [Range(0.0, 1.0)]
    public double Duplicate { get; init; } = 0.05;

    /// <summary>Devices that get stuck on about half of the days, for three to twelve hours; default 0.02.</summary>
    [Range(0.0, 1.0)]
    public double StuckValue { get; init; } = 0.02;

    /// <summary>Devices that send impossible values; default 0.02.</summary>
    [Range(0.0, 1.0)]
    public double OutOfRange { get; init; } = 0.02;

    /// <summary>Devices that send malformed payloads; default 0.02.</summary>
    [Range(0.0, 1.0)]
    public double Malformed { get; init; } = 0.02;

    /// <summary>Devices that send messages an hour and a half late; default 0.03.</summary>
    [Range(0.0, 1.0)]
    public double Late { get; init; } = 0.03;

    /// <summary>Devices whose clock is a year ahead; default 0.01.</summary>
    [Range(0.0, 1.0)]
    public double ClockAhead { get; init; } = 0.01;

    /// <summary>
    /// For faults of single messages (repeated, impossible, malformed, late): the share of such messages of an affected device; default
    /// 0.03.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MessageShare { get; init; } = 0.03;
}
