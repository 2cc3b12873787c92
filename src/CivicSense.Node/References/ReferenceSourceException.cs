namespace CivicSense.Node.References;

/// <summary>
/// A source of official values cannot be used now. The message is a sentence that says why, without an address or words of the source in
/// it.
/// </summary>
sealed class ReferenceSourceException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>
    /// A sentence that quotes the source, for the terminal of the steward and never for the log; empty where there is none.
    /// </summary>
    public string Quotation { get; init; } = "";
}
