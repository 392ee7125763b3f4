import type { KeptPosition } from './store.ts';

const everyMilliseconds = 15_000;

/** Read the phone's position about every 15 s and keep the screen on meanwhile, for browsers stop both together. @returns a function that ends it */
export function watchVehicle(
	heard: (reading: Omit<KeptPosition, 'order' | 'personId' | 'roundId'>) => Promise<void>,
): () => void {
	if (!('geolocation' in navigator)) return () => {};
	let last = 0;
	const watch = navigator.geolocation.watchPosition(
		({ coords, timestamp }) => {
			if (Date.now() - last < everyMilliseconds) return;
			last = Date.now();
			void heard({
				at: new Date(timestamp).toISOString(),
				longitude: coords.longitude,
				latitude: coords.latitude,
				accuracyMeters: coords.accuracy,
				speedMetersPerSecond: coords.speed,
				headingDegrees: Number.isFinite(coords.heading) ? coords.heading : null,
			});
		},
		() => {},
		{ enableHighAccuracy: true, maximumAge: 10_000 },
	);
	let lock: WakeLockSentinel | null = null;
	const stayAwake = async () => {
		if (document.visibilityState !== 'visible') return;
		lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
	};
	void stayAwake();
	document.addEventListener('visibilitychange', stayAwake);
	return () => {
		navigator.geolocation.clearWatch(watch);
		document.removeEventListener('visibilitychange', stayAwake);
		void lock?.release();
	};
}
