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
    /// <param name="allows">Told the loss of this question and of all together; whether the question may be answered.</param>
    /// <exception cref="PrivacyBudgetException">The question was not allowed, or an earlier one was not.</exception>
    public TOut Release<TOut>(Measurement<TIn, TOut, TLoss> measurement, Func<TLoss, TLoss, bool> allows)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        _space.RequireSame(measurement.Input, nameof(measurement));
        _measure.RequireSame(measurement.Measure, nameof(measurement));
        var price = measurement.Map(_inputDistance);
        lock (_gate)
        {
            if (_closed)
            {
                throw new PrivacyBudgetException("The privacy budget was exceeded before: this filter answers nothing any more.");
            }

            var total = _measure.Compose(_loss, price);
            if (!allows(price, total))
            {
                _closed = true;
                _data = default!;
                throw new PrivacyBudgetException($"The privacy budget does not suffice: answering would bring the loss to {total}.");
            }

            _loss = total;
            return measurement.Function(_data);
        }
    }
}
