using Microsoft.Extensions.Logging;

namespace CivicSense.Stewardship;

/// <summary>The room's log messages, 6000 to 6099. Nothing here may say who looked, or what they saw.</summary>
static partial class LogMessages
{
    [LoggerMessage(6000, LogLevel.Information,
        "Since the start {Refused} sign-ins to private pages were refused, {Paced} of them for coming too fast.")]
    public static partial void SignInsRefused(this ILogger logger, long refused, long paced);

    [LoggerMessage(6001, LogLevel.Error, "A private page failed with {Kind}; it was answered with 500.")]
    public static partial void PageFailed(this ILogger logger, string kind);
}
