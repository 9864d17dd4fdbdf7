interface Waiter {
	version: number;
	isOver(version: number): boolean;
	resolve(): void;
}

/** Those who wait until a version is shown. */
export class Waiters {
	#all: Waiter[] = [];

	wait(version: number, isOver: (version: number) => boolean): Promise<void> {
		if (isOver(version)) return Promise.resolve();
		return new Promise((resolve) => this.#all.push({ version, isOver, resolve }));
	}

	check(): void {
		const over = this.#all.filter((one) => one.isOver(one.version));
		if (over.length === 0) return;
		this.#all = this.#all.filter((one) => !over.includes(one));
		for (const { resolve } of over) resolve();
	}

	/** There is nothing more to wait for. */
	release(): void {
		const all = this.#all;
		this.#all = [];
		for (const { resolve } of all) resolve();
	}
}
