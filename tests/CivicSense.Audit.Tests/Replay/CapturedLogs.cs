using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>Keeps every line that any logger of the node writes, with the node's time, in the order of each category.</summary>
/// <param name="clock">The node's clock.</param>
/// <param name="folder">A path that differs from run to run and is written as <c>(folder)</c>.</param>
sealed class CapturedLogs(TimeProvider clock, string folder) : ILoggerProvider
{
    readonly ConcurrentDictionary<string, ConcurrentQueue<LogLine>> categories = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, LogLine[]> Lines => categories.ToDictionary(entry => entry.Key, entry => entry.Value.ToArray());

    public ILogger CreateLogger(string categoryName) =>
        new Category(this, categories.GetOrAdd(categoryName, _ => new ConcurrentQueue<LogLine>()));

    public void Dispose()
    {
        // The lines outlive the host that wrote them.
    }

    sealed class Category(CapturedLogs logs, ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var causes = new List<string>();
            for (var cause = exception; cause is not null; cause = cause.InnerException)
                causes.Add(cause.GetType().Name + ": " + cause.Message);
            var text = string.Join(" <- ", [formatter(state, exception), .. causes]);
            lines.Enqueue(new LogLine(
                logs.Clock.GetUtcNow(), logLevel, eventId.Id, text.Replace(logs.Folder, "(folder)", StringComparison.Ordinal)));
        }
    }

    TimeProvider Clock => clock;

    string Folder => folder;
}

/// <summary>One line of a log.</summary>
sealed record LogLine(DateTimeOffset Time, LogLevel Level, int Id, string Text);
