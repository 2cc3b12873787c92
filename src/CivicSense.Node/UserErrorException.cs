namespace CivicSense.Node;

/// <summary>Something the person at the keyboard can put right. The message says what and how; no stack trace is shown.</summary>
sealed class UserErrorException(string message) : Exception(message);
