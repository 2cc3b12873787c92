namespace CivicSense.Privacy;

/// <summary>The data of an interactive mechanism, and what has been charged for its answers.</summary>
sealed class Session<TIn, TLoss>
{
    readonly Lock _gate = new();
    readonly Space<TIn> _space;
    readonly Measure<TLoss> _measure;
    readonly Rational _inputDistance;
    TIn _data;
    TLoss _loss;
    bool _closed;

    public Session(Space<TIn> space, Measure<TLoss> measure, Rational inputDistance, TIn data)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(measure);
        space.RequireDistance(inputDistance, nameof(inputDistance));
        space.RequireMember(data, nameof(data));
        (_space, _measure, _inputDistance, _data, _loss) = (space, measure, inputDistance, data, measure.None);
    }

    public TLoss Loss
    {
        get
        {
            lock (_gate)
            {
                return _loss;
            }
        }
    }

    public bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _closed;
            }
        }
    }

    /// <summary>Charges the measurement's loss and answers it, or closes for good where the loss is not allowed.</summary>
    /// <param name="measurement">The question.</param>
    /// <param name="allows">Whether all questions together, this one included, may lose so much.</param>
    /// <exception cref="ArgumentException">Domain, metric or measure do not match.</exception>
    /// <exception cref="PrivacyBudgetException">The question was not allowed, or an earlier one was not.</exception>
    public TOut Release<TOut>(Measurement<TIn, TOut, TLoss> measurement, Func<TLoss, bool> allows) =>
        Answer(measurement, Price(measurement), allows);

    /// <summary>What the question would lose. Spaces and measure are compared before its map is asked.</summary>
    /// <exception cref="ArgumentException">Domain, metric or measure do not match.</exception>
    public TLoss Price<TOut>(Measurement<TIn, TOut, TLoss> measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        _space.RequireSame(measurement.Input, nameof(measurement));
        _measure.RequireSame(measurement.Measure, nameof(measurement));
        return measurement.Map(_inputDistance);
    }

    /// <summary>Charges the price that the question has, then answers it outside the lock: the answer runs its caller's code.</summary>
    /// <exception cref="PrivacyBudgetException">The question was not allowed, or an earlier one was not.</exception>
    public TOut Answer<TOut>(Measurement<TIn, TOut, TLoss> measurement, TLoss price, Func<TLoss, bool> allows) =>
        measurement.Function(DataFor(price, allows));

    TIn DataFor(TLoss price, Func<TLoss, bool> allows)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new PrivacyBudgetException("The privacy budget was exceeded before: this filter answers nothing any more.");
            }

            var total = _measure.Compose(_loss, price);
            if (!allows(total))
            {
                _closed = true;
                _data = default!;
                throw new PrivacyBudgetException($"The privacy budget does not suffice: answering would bring the loss to {total}.");
            }

            _loss = total;
            return _data;
        }
    }
}
