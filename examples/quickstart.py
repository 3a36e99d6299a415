"""Two prices are asked for in parallel, because neither needs the other."""

import anyio

import flowrt


@flowrt.step(retry=flowrt.Retry(max_attempts=3, delay_seconds=0.2), timeout=2.0)
async def price(item: str) -> float:
    await anyio.sleep(0.1)  # asks a shop
    return 9.5 * len(item)


@flowrt.step
def total(prices: list[float], discount: float) -> float:
    return round(sum(prices) * (1 - discount), 2)


@flowrt.workflow
def quote(first: str, second: str, discount: float = 0.1) -> float:
    return total([price(first), price(second)], discount)


if __name__ == "__main__":
    print(flowrt.run(quote, {"first": "lamp", "second": "desk"}))
