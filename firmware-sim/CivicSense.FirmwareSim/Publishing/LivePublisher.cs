namespace CivicSense.FirmwareSim.Publishing;

/// <summary>Publishes feeds as time passes.</summary>
/// <param name="feeds">What to send.</param>
/// <param name="links">Through what.</param>
/// <param name="timeProvider">The clock to go by.</param>
/// <param name="lag">The clock's time less event time.</param>
sealed class LivePublisher(IReadOnlyList<DeviceFeed> feeds, DeviceLinks links, TimeProvider timeProvider, TimeSpan lag)
{
    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(IProgress<FleetProgress>? progress, CancellationToken cancellationToken)
    {
        var due = new PriorityQueue<int, long>(feeds.Count);
        for (var i = 0; i < feeds.Count; i++) due.Enqueue(i, feeds[i].NextSendTime);

        while (due.TryDequeue(out var index, out var time))
        {
            var eventTime = DateTimeOffset.FromUnixTimeSeconds(time);
            var wait = eventTime + lag - timeProvider.GetUtcNow();
            if (wait > TimeSpan.Zero) await Task.Delay(wait, timeProvider, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();

            var feed = feeds[index];
            var message = feed.Next();
            await links[index].PublishAsync(feed.Topic, message.Payload, message.Duplicate, cancellationToken);
            await links[index].FlushAsync(cancellationToken);
            if (feed.NextSendTime != DeviceFeed.Ended) due.Enqueue(index, feed.NextSendTime);
            progress?.Report(new FleetProgress(eventTime, Tally.Sum(feeds.Select(f => f.Sent))));
        }
    }
}
