/** A wait that can be ended early. */
export class Waiting {
	#end: (() => void) | null = null;

	start(milliseconds: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(() => this.end(), milliseconds);
			this.#end = () => {
				clearTimeout(timer);
				this.#end = null;
				resolve();
			};
		});
	}

	end(): void {
		this.#end?.();
	}
}
