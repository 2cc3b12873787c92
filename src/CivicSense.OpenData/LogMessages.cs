using Microsoft.Extensions.Logging;

namespace CivicSense.OpenData;

/// <summary>Everything this room logs. Requests are not logged: who reads what is nobody's business.</summary>
static partial class LogMessages
{
    [LoggerMessage(5001, LogLevel.Warning, "The public data could not be read; the request was answered with 503.")]
    public static partial void DataUnavailable(ILogger logger, Exception exception);

    [LoggerMessage(5002, LogLevel.Error, "A public request failed; it was answered with 500.")]
    public static partial void RequestFailed(ILogger logger, Exception exception);

    [LoggerMessage(5003, LogLevel.Information, "Data set {Dataset}: {Month} is final; {Files} files with {Rows} rows were written.")]
    public static partial void MonthWritten(ILogger logger, string dataset, string month, int files, long rows);

    [LoggerMessage(5004, LogLevel.Error, "The data sets could not be written; it is tried again in 5 minutes.")]
    public static partial void DatasetsDelayed(ILogger logger, Exception exception);
}
