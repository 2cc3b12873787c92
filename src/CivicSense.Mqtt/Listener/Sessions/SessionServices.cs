namespace CivicSense.Mqtt.Listener;

/// <summary>What all sessions share.</summary>
/// <param name="Options">The limits.</param>
/// <param name="Statistics">What is counted.</param>
/// <param name="Time">The clock.</param>
/// <param name="Budget">The bytes that all sessions together may keep.</param>
/// <param name="Commit">Saves changed sessions; null without a store.</param>
sealed record SessionServices(
    MqttListenerOptions Options, MqttListenerStatistics Statistics, TimeProvider Time, QueueBudget Budget, SessionCommit? Commit);
