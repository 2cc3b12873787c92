namespace CivicSense.Node.LiveTopics;

/// <summary>What is logged about the public live topics, 1300 to 1399.</summary>
static partial class LogMessages
{
    [LoggerMessage(1300, LogLevel.Warning, "The public live topics are behind: the estimates cannot be read. {Reason}")]
    public static partial void LiveTopicsDelayed(this ILogger logger, string reason);
}
