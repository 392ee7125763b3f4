// Evaluated in a page with a video: the cells of the clock of clock-camera.js as brightness, null while none is seen.
(() => {
	const video = document.querySelector('video');
	if (!video || video.readyState < 2 || !video.videoWidth) return null;
	const canvas = document.createElement('canvas');
	[canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
	const context = canvas.getContext('2d', { willReadFrequently: true });
	context.drawImage(video, 0, 0);
	const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
	const at = (x, y) => 4 * (Math.round(y) * canvas.width + Math.round(x));
	let [left, top, right, bottom] = [canvas.width, canvas.height, -1, -1];
	for (let y = 0; y < canvas.height; y += 2)
		for (let x = 0; x < canvas.width; x += 2) {
			const n = at(x, y);
			if (data[n] < 180 || data[n + 1] > 90 || data[n + 2] < 180) continue;
			[left, top] = [Math.min(left, x), Math.min(top, y)];
			[right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
		}
	if (right - left < 100 || bottom - top < 60) return null;
	const [marginX, marginY] = [((right - left) * 90) / 1280, ((bottom - top) * 90) / 720];
	const [width, height] = [(right - left - 2 * marginX) / 4, (bottom - top - 2 * marginY) / 4];
	return Array.from({ length: 16 }, (_, n) => {
		const [x, y] = [
			left + marginX + ((n % 4) + 0.5) * width,
			top + marginY + (Math.floor(n / 4) + 0.5) * height,
		];
		return data[at(x, y) + 1];
	});
})();
