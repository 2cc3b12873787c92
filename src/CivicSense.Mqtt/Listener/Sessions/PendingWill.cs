using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>A will that waits for its delay to pass or its session to end, MQTT 5.0 section 3.1.3.2.2.</summary>
/// <param name="Will">The message.</param>
/// <param name="Application">Asked about the client's rights when the will is published.</param>
/// <param name="Due">When the delay has passed.</param>
sealed record PendingWill(MqttWill Will, IMqttSession Application, DateTimeOffset Due)
{
    /// <summary>What is saved of it with its session; null if the application wants nothing of that topic on disk.</summary>
    public SavedWill? Saved
    {
        get
        {
            try
            {
                return Application.MayStore(Will.Topic) ? new SavedWill(Will, Due) : null;
            }
            catch (Exception)
            {
                // An application that fails has not said yes.
                return null;
            }
        }
    }
}

/// <summary>A will as it is saved.</summary>
/// <param name="Will">The message.</param>
/// <param name="Due">When its delay has passed.</param>
sealed record SavedWill(MqttWill Will, DateTimeOffset Due);
