"""The PyTorch that a user would write: two networks and the loss of appendix C.

The same networks, batch and optimizer as `keras_step`. The loss is that of the paper's
appendix C, with its sums over samples left to PyTorch instead of Python, on top of
Mconf's refined labels.
"""

import argparse

import torch
from torch import nn
from torch.nn import functional

from benchmarks.contestant import seconds, serve
from benchmarks.workload import BLOCKS, FILTERS, MEAN, NUM_CLASSES, VARIANCE, batch


class Block(nn.Module):
    """Two 3×3 convolutions and a shortcut."""

    def __init__(self, channels: int, filters: int, stride: int, projected: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters)
        self.stride, self.new = stride, filters - channels
        self.projection = None
        if projected and (stride > 1 or self.new):
            self.projection = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """One block."""
        y = functional.relu(self.norm1(self.conv1(x)), inplace=True)
        y = self.norm2(self.conv2(y))
        if self.projection is not None:
            x = self.projection(x)
        elif self.stride > 1 or self.new:
            x = x[:, :, :: self.stride, :: self.stride]
            x = functional.pad(x, (0, 0, 0, 0, self.new // 2, self.new - self.new // 2))
        return functional.relu(y + x, inplace=True)


class ResNet(nn.Module):
    """ResNet for 32×32 images, raw pixels to logits."""

    def __init__(self, name: str) -> None:
        super().__init__()
        filters, projected = FILTERS[name], name == "resnet18"
        shape = (1, 3, 1, 1)
        self.register_buffer("mean", torch.tensor(MEAN, dtype=torch.float32).reshape(shape))
        self.register_buffer(
            "std", torch.tensor(VARIANCE, dtype=torch.float32).reshape(shape) ** 0.5
        )
        self.conv = nn.Conv2d(3, filters[0], 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(filters[0])
        blocks, channels = [], filters[0]
        for stage, (width, count) in enumerate(zip(filters, BLOCKS[name], strict=True)):
            for block in range(count):
                stride = 2 if stage > 0 and block == 0 else 1
                blocks.append(Block(channels, width, stride, projected))
                channels = width
        self.blocks = nn.Sequential(*blocks)
        self.logits = nn.Linear(channels, NUM_CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits of a batch."""
        x = (x - self.mean) / self.std
        x = functional.relu(self.norm(self.conv(x)), inplace=True)
        return self.logits(self.blocks(x).mean((2, 3)))


def refined_labels(q: torch.Tensor, p: torch.Tensor, trust: float) -> torch.Tensor:
    """Mconf, table 2."""
    entropy = torch.sum(-p * torch.log(p + 1e-6), 1)
    confidence = 1 - entropy / torch.log(torch.tensor(float(NUM_CLASSES)))
    epsilon = (trust * confidence).detach()[:, None]
    return (1 - epsilon) * q + epsilon * p


def mutual_loss(
    q_a: torch.Tensor, q_b: torch.Tensor, p_a: torch.Tensor, p_b: torch.Tensor, threshold: float
) -> torch.Tensor:
    """L_A + L_B: eqs. 7 to 11 the way appendix C writes them."""
    log_a, log_b = torch.log(p_a + 1e-6), torch.log(p_b + 1e-6)
    own = torch.sum(-q_a * log_a, 1).mean() + torch.sum(-q_b * log_b, 1).mean()
    with torch.no_grad():
        confident_a = torch.sum(-p_a * log_a, 1) < threshold
        confident_b = torch.sum(-p_b * log_b, 1) < threshold
    b_to_a = torch.sum(-q_b.detach()[confident_b] * log_a[confident_b])
    a_to_b = torch.sum(-q_a.detach()[confident_a] * log_b[confident_a])
    return own + b_to_a / len(p_a) + a_to_b / len(p_b)


def main() -> None:
    """Serve training steps."""
    parser = argparse.ArgumentParser()
    parser.add_argument("network")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--layout", choices=("default", "channels_last"), default="channels_last")
    options = parser.parse_args()

    torch.manual_seed(0)
    layout = {"default": torch.contiguous_format, "channels_last": torch.channels_last}
    layout = layout[options.layout]
    images, labels = batch(options.batch_size)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(memory_format=layout)
    q = functional.one_hot(torch.from_numpy(labels), NUM_CLASSES).float()
    peers = nn.ModuleList([ResNet(options.network), ResNet(options.network)])
    peers = peers.to(memory_format=layout).train()
    optimizer = torch.optim.SGD(peers.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        p_a, p_b = (torch.softmax(peer(x), 1) for peer in peers)
        q_a, q_b = refined_labels(q, p_a, 0.1), refined_labels(q, p_b, 0.1)
        loss = mutual_loss(q_a, q_b, p_a, p_b, threshold=2.3)
        loss.backward()
        optimizer.step()
        loss.item()

    serve(
        lambda: seconds(step),
        about={
            "version": torch.__version__,
            "threads": torch.get_num_threads(),
            "parameters": sum(p.numel() for p in peers.parameters()),
        },
    )


if __name__ == "__main__":
    main()
