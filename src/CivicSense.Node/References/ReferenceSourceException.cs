namespace CivicSense.Node.References;

/// <summary>A source of official values cannot be used now. The message is a sentence that says why, without an address in it.</summary>
sealed class ReferenceSourceException(string message, Exception? cause = null) : Exception(message, cause);
