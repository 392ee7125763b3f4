// Runs in a page before its own scripts. Its camera becomes a clock that can be read back from a picture that was scaled,
// composed and encoded: a frame of magenta around cells, white for a set bit of the time in hundredths of a second.
{
	const canvas = document.createElement('canvas');
	[canvas.width, canvas.height] = [1280, 720];
	const context = canvas.getContext('2d');
	const margin = 90;
	const [width, height] = [(canvas.width - 2 * margin) / 4, (canvas.height - 2 * margin) / 4];
	setInterval(() => {
		const ticks = Math.floor(Date.now() / 10);
		context.fillStyle = '#ff00ff';
		context.fillRect(0, 0, canvas.width, canvas.height);
		for (let n = 0; n < 16; n++) {
			context.fillStyle = Math.floor(ticks / 2 ** n) % 2 ? '#ffffff' : '#000000';
			context.fillRect(margin + (n % 4) * width, margin + Math.floor(n / 4) * height, width, height);
		}
	}, 20);
	navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(30);
}
