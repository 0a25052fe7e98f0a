# tereze kiosk: пәрмен жолы
cli-kiosk = Киоскіні ашу
cli-kiosk-practice = Жаттығу режимі: өз порталы және жаттығу картасы
cli-kiosk-windowed = Терезе өлшемі: ені, одан кейін ұзындығы; онсыз бүкіл экран
cli-kiosk-no-window = Киоск терезесі ашылмады: { $why }
