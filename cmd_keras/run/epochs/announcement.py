"""What a run says about itself before it trains."""

from cmd_keras.counted import counted
from cmd_keras.run.epochs.run import Run
from cmd_keras.run.folder.versions import switches


def announcement(run: Run) -> str:
    """Data, peers, method, and what is switched on, in four lines."""
    settings, dataset, distiller = run.plan.settings, run.dataset, run.distiller
    corrupted = int((dataset.given_labels != dataset.clean_labels).sum())
    peers = [
        f"{network} ({peer.count_params():,} parameters)"
        for network, peer in (
            (settings.network_a, distiller.peer_a),
            (settings.network_b, distiller.peer_b),
        )
    ]
    parts = [f"{len(dataset.given_labels):,} training"]
    if dataset.validation is not None:
        labels = f"{settings.validation_labels} labels" if corrupted else "labels as they are"
        labels = "a part of its own" if dataset.has_own_validation else labels
        parts.append(f"{len(dataset.validation_labels):,} validation ({labels})")
    parts.append(counted(len(dataset.test_labels), "test example"))
    arithmetic = "" if settings.precision in (None, "float32") else f", {settings.precision}"
    noise = f"noise {settings.noise} ({counted(corrupted, 'label')} corrupted)"
    if not corrupted:
        noise = "labels as they are"
    taught = f", taught by {settings.teacher}" if settings.teacher is not None else ""
    return (
        f"{settings.dataset}: {', '.join(parts)}, {dataset.num_classes} classes, {noise}\n"
        f"peers: {' and '.join(peers)}, recipe {settings.recipe}{arithmetic}\n"
        f"method: {distiller.method}{taught}\n"
        f"switches: {' '.join(f'{k}={v}' for k, v in switches().items()) or 'none'}"
    )
