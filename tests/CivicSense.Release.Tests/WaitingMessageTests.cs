using Microsoft.Extensions.Logging;

namespace CivicSense.Release.Tests;

public sealed class WaitingMessageTests
{
    [Theory]
    [InlineData("release-1", "the process 'release-1' released last")]
    [InlineData("", "the process without a name released last")]
    public void Process_that_is_waited_for_is_called_by_its_name_where_it_has_one(string name, string said)
    {
        var log = new LastLine();
        log.WaitsForOther(name, 10);

        Assert.Contains(said, log.Line, StringComparison.Ordinal);
        Assert.Contains("in 10 minutes", log.Line, StringComparison.Ordinal);
    }

    sealed class LastLine : ILogger
    {
        public string Line { get; private set; } = "";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Line = formatter(state, exception);
    }
}
