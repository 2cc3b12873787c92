using Microsoft.Extensions.Logging;

namespace CivicSense.Node.References;

/// <summary>What is logged about official stations, 1100 to 1199. Their names and values are public; the addresses may hold keys.</summary>
static partial class LogMessages
{
    [LoggerMessage(
        1100, LogLevel.Warning, "The official station '{Name}' cannot be read: {Reason} Releases go on without it, and it is tried again.")]
    public static partial void ReferenceUnavailable(this ILogger logger, string name, string reason);

    [LoggerMessage(1101, LogLevel.Information, "The official station '{Name}' can be read again.")]
    public static partial void ReferenceBack(this ILogger logger, string name);

    [LoggerMessage(
        1102, LogLevel.Warning,
        "The official station '{Name}': {Count} rows or values cannot be read, "
            + "the first in {First} 'civicsense references check' tells more.")]
    public static partial void ReferencePartlyUnreadable(this ILogger logger, string name, int count, string first);

    [LoggerMessage(
        1103, LogLevel.Warning,
        "The official station '{Name}': {Count} values are refused. They are of hours that are still to come, or more than a node keeps. "
            + "Are format.hour and format.timeZone right?")]
    public static partial void ReferenceValuesRefused(this ILogger logger, string name, int count);
}
