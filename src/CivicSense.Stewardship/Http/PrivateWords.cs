using CivicSense.Commons;
using Microsoft.AspNetCore.Html;

namespace CivicSense.Stewardship;

/// <summary>Texts and times as people of the neighbourhood read them. Every instant that comes in is UTC.</summary>
sealed record PrivateWords(Language Language, TimeZoneInfo Zone)
{
    /// <summary>A text without holes.</summary>
    public string this[string key] => Language[key];

    /// <summary>A text with its holes filled.</summary>
    public string Text(string key, params ReadOnlySpan<(string Name, object? Value)> values) => Language.Text(key, values);

    /// <summary>A text with its holes filled, and with its links and what is important in it.</summary>
    public IHtmlContent Draw(string key, params ReadOnlySpan<(string Name, object? Value)> values) =>
        Markup.Draw(Language[key], Language.Culture, values);

    /// <summary>The short name of a quantity.</summary>
    public string Name(Quantity quantity) => this[$"quantity.{quantity.Id}.name"];

    /// <summary>A number that is written with a point, as the language writes it.</summary>
    public string Number(string number) => Language.Localise(number);

    /// <summary>E.g. <c>14:05</c>.</summary>
    public string Minute(DateTime instant) => Write(instant, "time.format.clock");

    /// <summary>E.g. <c>14:05:31</c>.</summary>
    public string Second(DateTime instant) => Write(instant, "time.format.second");

    /// <summary>E.g. <c>Sunday 22 November</c>.</summary>
    public string Day(DateTime instant) => Write(instant, "time.format.day");

    /// <summary>E.g. <c>Sunday 22 November, 14:00 to 15:00</c>.</summary>
    public string Hour(DateTime start, DateTime end) =>
        Text("time.hour", ("day", Day(start)), ("start", Minute(start)), ("end", Minute(end)));

    /// <summary>E.g. <c>14:05</c> of today, or <c>Sunday 22 November, 14:05</c>.</summary>
    public string Moment(DateTime instant, DateTime now) => In(instant).Date == In(now).Date
        ? Minute(instant)
        : Text("device.moment", ("day", Day(instant)), ("clock", Minute(instant)));

    string Write(DateTime instant, string format) => In(instant).ToString(this[format], Language.Culture);

    DateTime In(DateTime instant) => TimeZoneInfo.ConvertTimeFromUtc(instant, Zone);
}
