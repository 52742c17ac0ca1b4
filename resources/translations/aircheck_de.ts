<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Bridge</name>
    <message>
        <source>Recordings run in processes of their own and go on.</source>
        <translation>Aufnahmen laufen in eigenen Prozessen und gehen weiter.</translation>
    </message>
    <message>
        <source>Please report it with the log.</source>
        <translation>Bitte melden Sie es zusammen mit dem Protokoll.</translation>
    </message>
    <message>
        <source>Something in the window went wrong ({what}).</source>
        <translation>Im Fenster ging etwas schief ({what}).</translation>
    </message>
</context>
<context>
    <name>Captions</name>
    <message>
        <source>Captions are {length} behind: the recording comes first</source>
        <translation>Untertitel hängen {length} nach: Die Aufnahme geht vor</translation>
    </message>
    <message>
        <source>Captions, {length} behind the sound</source>
        <translation>Untertitel, {length} hinter dem Ton</translation>
    </message>
</context>
<context>
    <name>Capture</name>
    <message>
        <source>it begins at once</source>
        <translation>sie beginnt sofort</translation>
    </message>
    <message>
        <source>then every day</source>
        <translation>danach jeden Tag</translation>
    </message>
    <message>
        <source>{title} (system audio)</source>
        <translation>{title} (Systemton)</translation>
    </message>
    <message>
        <source>A file is taken whole; leave the length empty.</source>
        <translation>Eine Datei wird ganz übernommen; die Länge bleibt leer.</translation>
    </message>
    <message>
        <source>Only a device or the system&apos;s sound has channels to split.</source>
        <translation>Nur ein Gerät oder der Systemton hat Kanäle, die sich trennen lassen.</translation>
    </message>
    <message>
        <source>A mirror can&apos;t take over from one channel.</source>
        <translation>Eine Ersatzquelle kann nicht für einen einzelnen Kanal einspringen.</translation>
    </message>
    <message>
        <source>Nobody said when it comes first.</source>
        <translation>Es fehlt, wann sie zum ersten Mal kommt.</translation>
    </message>
    <message>
        <source>then every week</source>
        <translation>danach jede Woche</translation>
    </message>
    <message>
        <source>Record them side by side, or leave the channels together.</source>
        <translation>Nebeneinander aufnehmen oder die Kanäle zusammenlassen.</translation>
    </message>
    <message>
        <source>Write 20:00, tomorrow 20:00, 8pm ET or 2024-08-13 20:00.</source>
        <translation>Schreiben Sie 20 Uhr, morgen 20:00, 20:00 Europe/Berlin oder 2024-08-13 20:00.</translation>
    </message>
    <message>
        <source>Leave it empty to begin at once.</source>
        <translation>Leer lassen, um sofort zu beginnen.</translation>
    </message>
    <message>
        <source>Give the day and time of the first one.</source>
        <translation>Tag und Uhrzeit der ersten angeben.</translation>
    </message>
    <message>
        <source>({time} here)</source>
        <translation>({time} hier)</translation>
    </message>
    <message>
        <source>in {length}</source>
        <translation>in {length}</translation>
    </message>
    <message>
        <source>Write 90s, 15m, 1h30m or 1:30:00.</source>
        <translation>Zu schreiben als 90s, 15m, 1h30m oder 1:30:00.</translation>
    </message>
    <message>
        <source>&apos;{text}&apos; is not a time.</source>
        <translation>„{text}“ ist keine Zeit.</translation>
    </message>
    <message>
        <source>&apos;{text}&apos; is past.</source>
        <translation>„{text}“ ist schon vorbei.</translation>
    </message>
    <message>
        <source>{text!r} is no length of time.</source>
        <translation>{text!r} ist keine Zeitdauer.</translation>
    </message>
</context>
<context>
    <name>Card</name>
    <message>
        <source>Leave it as it is</source>
        <translation>So lassen</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>What happened so far, the newest first</source>
        <translation>Was bisher geschah, das Neueste zuerst</translation>
    </message>
    <message numerus="yes">
        <source>All %n</source>
        <translation>
            <numerusform>Alle %n</numerusform>
            <numerusform>Alle %n</numerusform>
        </translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Mark</source>
        <translation>Marke</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>Ausschnitt</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Record system audio</source>
        <translation>Systemton aufnehmen</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>Mark this moment (M); name it if you like</source>
        <translation>Diesen Moment markieren (M); auf Wunsch mit Namen</translation>
    </message>
    <message>
        <source>Write a note at this moment (N)</source>
        <translation>Eine Notiz zu diesem Moment schreiben (N)</translation>
    </message>
    <message>
        <source>End the recording and seal it</source>
        <translation>Die Aufnahme beenden und versiegeln</translation>
    </message>
    <message>
        <source>Save the last seconds as a file; the recording goes on</source>
        <translation>Die letzten Sekunden als Datei sichern; die Aufnahme läuft weiter</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>Ordner zeigen</translation>
    </message>
    <message>
        <source>Call off</source>
        <translation>Absagen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Note at {clock}</source>
        <translation>Notiz bei {clock}</translation>
    </message>
    <message>
        <source>Marked {clock}. Its name, if it needs one</source>
        <translation>{clock} markiert. Name, falls nötig</translation>
    </message>
    <message>
        <source>The last {length}</source>
        <translation>Die letzten {length}</translation>
    </message>
</context>
<context>
    <name>Choice</name>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Copy quote</source>
        <translation>Zitat kopieren</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>Ausschnitt</translation>
    </message>
    <message>
        <source>Correct</source>
        <translation>Berichtigen</translation>
    </message>
    <message>
        <source>With who, where, when, and the audio&apos;s hash</source>
        <translation>Mit wer, wo, wann und dem Hash der Aufnahme</translation>
    </message>
    <message>
        <source>Clip {begin} to {end}</source>
        <translation>Ausschnitt {begin} bis {end}</translation>
    </message>
</context>
<context>
    <name>Clip</name>
    <message>
        <source>Too many clips are asked for at once; try again.</source>
        <translation>Zu viele Ausschnitte auf einmal, bitte noch einmal versuchen.</translation>
    </message>
    <message numerus="yes">
        <source>%n clip(s) can be verified now.</source>
        <translation>
            <numerusform>%n Ausschnitt lässt sich jetzt prüfen.</numerusform>
            <numerusform>%n Ausschnitte lassen sich jetzt prüfen.</numerusform>
        </translation>
    </message>
    <message>
        <source>The proof lies beside {file}.</source>
        <translation>Der Nachweis liegt neben {file}.</translation>
    </message>
    <message>
        <source>{from_} to {to} is saved as {file}.</source>
        <translation>{from_} bis {to} ist als {file} gesichert.</translation>
    </message>
    <message>
        <source>Nothing was recorded in that stretch.</source>
        <translation>In diesem Abschnitt wurde nichts aufgenommen.</translation>
    </message>
    <message>
        <source>The recording goes on.</source>
        <translation>Die Aufnahme läuft weiter.</translation>
    </message>
    <message>
        <source>Its proof is written beside it when the session has ended.</source>
        <translation>Sein Nachweis wird daneben geschrieben, sobald die Sitzung zu Ende ist.</translation>
    </message>
</context>
<context>
    <name>Compare</name>
    <message>
        <source>What is the same in both is joined</source>
        <translation>Was in beiden gleich ist, ist verbunden</translation>
    </message>
    <message>
        <source>Another session of the archive …</source>
        <translation>Eine andere Sitzung des Archivs …</translation>
    </message>
    <message>
        <source>Another recording of the same event</source>
        <translation>Eine andere Aufnahme desselben Ereignisses</translation>
    </message>
    <message>
        <source>Choose a file …</source>
        <translation>Datei wählen …</translation>
    </message>
    <message>
        <source>Another session</source>
        <translation>Andere Sitzung</translation>
    </message>
    <message>
        <source>How far the comparison is</source>
        <translation>Wie weit der Vergleich ist</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Choose another recording of the same event: what was posted later, or what a friend recorded. They are laid one over the other; what differs is listed, and what ours lacks can be filled from it.</source>
        <translation>Wählen Sie eine andere Aufnahme desselben Ereignisses: was später veröffentlicht wurde oder was jemand anderes mitgeschnitten hat. Beide werden übereinandergelegt; Unterschiede werden aufgelistet, und was der eigenen fehlt, lässt sich daraus ergänzen.</translation>
    </message>
    <message>
        <source>Our waveform</source>
        <translation>Eigene Wellenform</translation>
    </message>
    <message>
        <source>Their waveform</source>
        <translation>Fremde Wellenform</translation>
    </message>
    <message>
        <source>Differences; Return shows one</source>
        <translation>Unterschiede; Eingabe zeigt einen</translation>
    </message>
    <message>
        <source>Hear ours</source>
        <translation>Eigene hören</translation>
    </message>
    <message>
        <source>Hear theirs</source>
        <translation>Fremde hören</translation>
    </message>
    <message>
        <source>Complete from this</source>
        <translation>Daraus ergänzen</translation>
    </message>
    <message>
        <source>Fill our gaps from it, as a track of its own; Undo takes it away</source>
        <translation>Füllt die eigenen Lücken daraus, als eigene Spur; lässt sich zurücknehmen</translation>
    </message>
    <message>
        <source>Undo completing</source>
        <translation>Ergänzung zurücknehmen</translation>
    </message>
    <message>
        <source>Reading both recordings …</source>
        <translation>Beide Aufnahmen werden gelesen …</translation>
    </message>
    <message>
        <source>Filling the gaps …</source>
        <translation>Die Lücken werden gefüllt …</translation>
    </message>
    <message>
        <source>Ours</source>
        <translation>Eigene</translation>
    </message>
    <message>
        <source>{title}, compared</source>
        <translation>{title}, verglichen</translation>
    </message>
    <message>
        <source>{percent} % compared</source>
        <translation>{percent} % verglichen</translation>
    </message>
    <message>
        <source>Nothing of ours was replaced; Undo takes the track away.</source>
        <translation>Nichts Eigenes wurde ersetzt; die Spur lässt sich wieder entfernen.</translation>
    </message>
    <message>
        <source>Our own is as it was recorded.</source>
        <translation>Die eigene ist, wie sie aufgenommen wurde.</translation>
    </message>
    <message>
        <source>The comparison ended without an answer.</source>
        <translation>Der Vergleich endete ohne Ergebnis.</translation>
    </message>
    <message>
        <source>Nothing of the gaps could be filled from there.</source>
        <translation>Keine der Lücken ließ sich daraus füllen.</translation>
    </message>
    <message>
        <source>The session is as it was.</source>
        <translation>Die Sitzung ist, wie sie war.</translation>
    </message>
    <message numerus="yes">
        <source>%n gap(s) still open.</source>
        <translation>
            <numerusform>%n Lücke noch offen.</numerusform>
            <numerusform>%n Lücken noch offen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Theirs has %n gap(s) of ours too.</source>
        <translation>
            <numerusform>Die andere hat %n unserer Lücken auch.</numerusform>
            <numerusform>Die andere hat %n unserer Lücken auch.</numerusform>
        </translation>
    </message>
    <message>
        <source>Both recordings are untouched.</source>
        <translation>Beide Aufnahmen sind unberührt.</translation>
    </message>
    <message>
        <source>Back (Esc)</source>
        <translation>Zurück (Esc)</translation>
    </message>
    <message>
        <source>Try it again.</source>
        <translation>Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>{length} of gaps are filled, as track {track}.</source>
        <translation>{length} an Lücken sind gefüllt, als Spur {track}.</translation>
    </message>
    <message>
        <source>Track {letters} is taken away again.</source>
        <translation>Spur {letters} ist wieder entfernt.</translation>
    </message>
    <message>
        <source>ours: {words}</source>
        <translation>eigene: {words}</translation>
    </message>
    <message>
        <source>theirs: {words}</source>
        <translation>fremde: {words}</translation>
    </message>
    <message>
        <source>The comparison can&apos;t be started ({why}).</source>
        <translation>Der Vergleich lässt sich nicht starten ({why}).</translation>
    </message>
</context>
<context>
    <name>Correct</name>
    <message>
        <source>Who speaks</source>
        <translation>Wer spricht</translation>
    </message>
    <message>
        <source>What was said</source>
        <translation>Was gesagt wurde</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>Name this voice so in all of the session, and from now on</source>
        <translation>Diese Stimme in der ganzen Sitzung und künftig so nennen</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Sichern</translation>
    </message>
    <message>
        <source>Return; Esc leaves the line as it was</source>
        <translation>Eingabe; Esc lässt die Zeile, wie sie war</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>Too many recordings are starting at once.</source>
        <translation>Zu viele Aufnahmen starten auf einmal.</translation>
    </message>
    <message>
        <source>Too much was asked for at once; try again.</source>
        <translation>Zu viel auf einmal; versuchen Sie es noch einmal.</translation>
    </message>
</context>
<context>
    <name>Desktop</name>
    <message>
        <source>It is over. Nothing was recorded.</source>
        <translation>Sie ist vorbei. Nichts wurde aufgenommen.</translation>
    </message>
    <message>
        <source>It is over: {length}, {gaps}.</source>
        <translation>Sie ist vorbei: {length}, {gaps}.</translation>
    </message>
    <message numerus="yes">
        <source>%n recording</source>
        <translation>
            <numerusform>%n nimmt auf</numerusform>
            <numerusform>%n nehmen auf</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n wartet</numerusform>
            <numerusform>%n warten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n scheduled</source>
        <translation>
            <numerusform>%n geplant</numerusform>
            <numerusform>%n geplant</numerusform>
        </translation>
    </message>
    <message>
        <source>It is back.</source>
        <translation>Sie ist wieder da.</translation>
    </message>
    <message>
        <source>It is live, and recorded.</source>
        <translation>Sie läuft und wird aufgenommen.</translation>
    </message>
    <message>
        <source>It broke off at {clock}; what came is safe. {reason}</source>
        <translation>Sie brach bei {clock} ab; was kam, ist sicher. {reason}</translation>
    </message>
    <message>
        <source>Its words can be found.</source>
        <translation>Ihre Worte sind auffindbar.</translation>
    </message>
</context>
<context>
    <name>Details</name>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>Gastgeber</translation>
    </message>
    <message>
        <source>Rights</source>
        <translation>Rechte</translation>
    </message>
    <message>
        <source>Consent</source>
        <translation>Einwilligung</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>Beschreibung</translation>
    </message>
    <message>
        <source>Choose cover</source>
        <translation>Titelbild wählen</translation>
    </message>
    <message>
        <source>Remove cover</source>
        <translation>Titelbild entfernen</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Sichern</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Choose a cover</source>
        <translation>Titelbild wählen</translation>
    </message>
    <message>
        <source>Pictures (*.jpg *.jpeg *.png)</source>
        <translation>Bilder (*.jpg *.jpeg *.png)</translation>
    </message>
    <message>
        <source>No cover</source>
        <translation>Kein Titelbild</translation>
    </message>
</context>
<context>
    <name>Evidence</name>
    <message>
        <source>Gaps, sources and parts</source>
        <translation>Lücken, Quellen und Teile</translation>
    </message>
    <message>
        <source>Verify now</source>
        <translation>Jetzt prüfen</translation>
    </message>
    <message>
        <source>Reads all of it, and compares every hash with the journal</source>
        <translation>Liest alles und vergleicht jeden Hash mit dem Journal</translation>
    </message>
    <message>
        <source>How far the check is</source>
        <translation>Wie weit die Prüfung ist</translation>
    </message>
    <message>
        <source>Cancel the check</source>
        <translation>Prüfung abbrechen</translation>
    </message>
    <message>
        <source>{done} of {total} checked</source>
        <translation>{done} von {total} geprüft</translation>
    </message>
    <message numerus="yes">
        <source>%n part(s)</source>
        <translation>
            <numerusform>%n Teil</numerusform>
            <numerusform>%n Teile</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n chunk(s)</source>
        <translation>
            <numerusform>%n Stück</numerusform>
            <numerusform>%n Stücke</numerusform>
        </translation>
    </message>
    <message>
        <source>Audio</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>Stored</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Hashed</source>
        <translation>Gehasht</translation>
    </message>
    <message>
        <source>Gaps</source>
        <translation>Lücken</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>Quellen</translation>
    </message>
    <message>
        <source>Parts</source>
        <translation>Teile</translation>
    </message>
    <message>
        <source>{clock}  {length}: {reason}</source>
        <translation>{clock}  {length}: {reason}</translation>
    </message>
    <message numerus="yes">
        <source>and %n more attempt(s)</source>
        <translation>
            <numerusform>und %n weiterer Versuch</numerusform>
            <numerusform>und %n weitere Versuche</numerusform>
        </translation>
    </message>
    <message>
        <source>{begin} to {end}</source>
        <translation>{begin} bis {end}</translation>
    </message>
    <message>
        <source>It still grows.</source>
        <translation>Sie wächst noch.</translation>
    </message>
    <message numerus="yes">
        <source>answered %n time(s)</source>
        <translation>
            <numerusform>%n-mal geantwortet</numerusform>
            <numerusform>%n-mal geantwortet</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>Filled from {clock} on by track {track}: {detail}</source>
        <translation>Ab {clock} gefüllt durch Spur {track}: {detail}</translation>
    </message>
    <message>
        <source>{size} in {parts}</source>
        <translation>{size} in {parts}</translation>
    </message>
    <message>
        <source>{chunks}, SHA-256</source>
        <translation>{chunks}, SHA-256</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) are not as they were recorded.</source>
        <translation>
            <numerusform>%n Sache ist nicht, wie sie aufgenommen wurde.</numerusform>
            <numerusform>%n Dinge sind nicht, wie sie aufgenommen wurden.</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing was changed by looking.</source>
        <translation>Das Prüfen hat nichts verändert.</translation>
    </message>
    <message>
        <source>Everything is as it was recorded.</source>
        <translation>Alles ist, wie es aufgenommen wurde.</translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message>
        <source>Fade in</source>
        <translation>Einblenden</translation>
    </message>
    <message>
        <source>Fade out</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>Keep gaps as silence</source>
        <translation>Lücken als Stille behalten</translation>
    </message>
    <message>
        <source>Else they are cut out.</source>
        <translation>Sonst werden sie herausgeschnitten.</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Bit rate</source>
        <translation>Bitrate</translation>
    </message>
    <message>
        <source>Loudness</source>
        <translation>Lautheit</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>Kanäle</translation>
    </message>
    <message>
        <source>Sampling rate</source>
        <translation>Abtastrate</translation>
    </message>
    <message>
        <source>Pieces</source>
        <translation>Stücke</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>Name der Vorlage</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>beginning</source>
        <translation>Anfang</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>end</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>Where exports go</source>
        <translation>Wohin exportiert wird</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Choose the folder</source>
        <translation>Ordner wählen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Choose a folder first.</source>
        <translation>Wählen Sie zuerst einen Ordner.</translation>
    </message>
    <message>
        <source>Else they are cut out; both are listed with their reasons.</source>
        <translation>Sonst werden sie herausgeschnitten; beides wird mit Grund aufgelistet.</translation>
    </message>
    <message>
        <source>Bring along what other recordings filled</source>
        <translation>Mitnehmen, was andere Aufnahmen gefüllt haben</translation>
    </message>
    <message>
        <source>In files of its own; the unedited file stays yours alone.</source>
        <translation>In eigenen Dateien; die unbearbeitete bleibt allein Ihre.</translation>
    </message>
    <message>
        <source>Captions and a citation beside it</source>
        <translation>Untertitel und Quellenangabe dazu</translation>
    </message>
    <message>
        <source>The words in the clip&apos;s own time, and who said them where and when, with the hash of the audio.</source>
        <translation>Die Worte in der Zeit des Ausschnitts, und wer sie wo und wann sagte, mit dem Hash der Aufnahme.</translation>
    </message>
    <message>
        <source>The time of day instead of session time</source>
        <translation>Uhrzeit statt Sitzungszeit</translation>
    </message>
    <message>
        <source>In UTC, from when the recording began.</source>
        <translation>In UTC, vom Beginn der Aufnahme an.</translation>
    </message>
    <message>
        <source>Choose a preset</source>
        <translation>Vorlage wählen</translation>
    </message>
    <message>
        <source>Save as preset</source>
        <translation>Als Vorlage sichern</translation>
    </message>
    <message>
        <source>Remove this preset</source>
        <translation>Diese Vorlage entfernen</translation>
    </message>
    <message>
        <source>Write a time as 42:07 or 1:02:03.</source>
        <translation>Zeiten als 42:07 oder 1:02:03 schreiben.</translation>
    </message>
    <message numerus="yes">
        <source>%n of them can&apos;t be exported so; the others will be.</source>
        <translation>
            <numerusform>%n davon lässt sich so nicht exportieren; die anderen schon.</numerusform>
            <numerusform>%n davon lassen sich so nicht exportieren; die anderen schon.</numerusform>
        </translation>
    </message>
    <message>
        <source>Gaps are kept as silence, and it says that silence was inserted.</source>
        <translation>Lücken bleiben als Stille, und es steht dabei, dass Stille eingefügt wurde.</translation>
    </message>
    <message>
        <source>Gaps are cut out and listed, with their reasons.</source>
        <translation>Lücken werden herausgeschnitten und mit Grund aufgelistet.</translation>
    </message>
    <message>
        <source>It proves that no byte changed since the session was sealed.</source>
        <translation>Er weist nach, dass sich seit der Versiegelung kein Byte geändert hat.</translation>
    </message>
    <message>
        <source>Your signature proves who archived it, not who spoke.</source>
        <translation>Ihre Signatur weist nach, wer archiviert hat, nicht, wer sprach.</translation>
    </message>
    <message>
        <source>Choose a session first.</source>
        <translation>Wählen Sie zuerst eine Sitzung.</translation>
    </message>
    <message>
        <source>Only a whole session is cut into pieces: leave the times empty.</source>
        <translation>Nur eine ganze Sitzung wird in Stücke geschnitten: Lassen Sie die Zeiten leer.</translation>
    </message>
    <message>
        <source>The end must lie behind the beginning.</source>
        <translation>Das Ende muss hinter dem Anfang liegen.</translation>
    </message>
    <message>
        <source>The beginning lies behind the session&apos;s end.</source>
        <translation>Der Anfang liegt hinter dem Ende der Sitzung.</translation>
    </message>
    <message>
        <source>A session that still goes on can be exported when it has ended.</source>
        <translation>Eine laufende Sitzung lässt sich exportieren, sobald sie zu Ende ist.</translation>
    </message>
    <message>
        <source>Nothing was recorded, so there is no audio to export.</source>
        <translation>Es wurde nichts aufgenommen, also gibt es keinen Ton zu exportieren.</translation>
    </message>
    <message>
        <source>There is no transcript yet: transcribe the session first.</source>
        <translation>Es gibt noch kein Transkript: Transkribieren Sie die Sitzung zuerst.</translation>
    </message>
    <message>
        <source>Its tags say &apos;edited&apos; and what was done to it.</source>
        <translation>In den Tags steht „edited“ und was damit gemacht wurde.</translation>
    </message>
    <message>
        <source>It is no evidence: for that, export it unedited.</source>
        <translation>Das ist kein Beweis: Dafür unbearbeitet exportieren.</translation>
    </message>
    <message>
        <source>The words are a machine&apos;s hearing, unless somebody put them right.</source>
        <translation>Die Worte hat eine Maschine gehört, sofern sie niemand berichtigt hat.</translation>
    </message>
    <message>
        <source>Too much was asked for at once; try again.</source>
        <translation>Zu viel auf einmal; versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Unedited, with proof</source>
        <translation>Unbearbeitet, mit Nachweis</translation>
    </message>
    <message>
        <source>The audio as it was received, never encoded again, with what anybody needs to check it.</source>
        <translation>Der Ton, wie er empfangen wurde, nie neu kodiert, mit allem, was zum Prüfen nötig ist.</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>Bearbeitet</translation>
    </message>
    <message>
        <source>Converted, cut or made louder. The file says that it is edited; it proves nothing.</source>
        <translation>Umgewandelt, geschnitten oder lauter. Die Datei sagt, dass sie bearbeitet ist; sie weist nichts nach.</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Captions, a transcript to read, or data for programs.</source>
        <translation>Untertitel, ein Transkript zum Lesen oder Daten für Programme.</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>Paket</translation>
    </message>
    <message>
        <source>A folder with all parts as received, one continuous file, the journal, the gaps, the transcripts, and VERIFY.txt in plain words. Signed with your key.</source>
        <translation>Ein Ordner mit allen Teilen wie empfangen, einer durchgehenden Datei, dem Journal, den Lücken, den Transkripten und VERIFY.txt in klaren Worten. Mit Ihrem Schlüssel signiert.</translation>
    </message>
    <message>
        <source>Single file</source>
        <translation>Einzelne Datei</translation>
    </message>
    <message>
        <source>One continuous file, packets copied; its proof and its signature lie beside it.</source>
        <translation>Eine durchgehende Datei, Paket für Paket kopiert; Nachweis und Signatur liegen daneben.</translation>
    </message>
    <message>
        <source>Web page</source>
        <translation>Webseite</translation>
    </message>
    <message>
        <source>A folder that plays in any browser: the audio, the transcript that follows, the gaps, and a box that checks the audio on the reader&apos;s own machine.</source>
        <translation>Ein Ordner, der in jedem Browser spielt: der Ton, das mitlaufende Transkript, die Lücken und ein Feld, das den Ton auf dem Rechner der Lesenden prüft.</translation>
    </message>
    <message>
        <source>Plays everywhere.</source>
        <translation>Spielt überall.</translation>
    </message>
    <message>
        <source>Small; plays on phones.</source>
        <translation>Klein; spielt auf Telefonen.</translation>
    </message>
    <message>
        <source>The smallest at the same quality; for newer players.</source>
        <translation>Am kleinsten bei gleicher Güte; für neuere Abspieler.</translation>
    </message>
    <message>
        <source>For older free players.</source>
        <translation>Für ältere freie Abspieler.</translation>
    </message>
    <message>
        <source>Nothing is lost; half of WAV.</source>
        <translation>Verlustfrei; halb so groß wie WAV.</translation>
    </message>
    <message>
        <source>For editors; the largest.</source>
        <translation>Für den Schnitt; am größten.</translation>
    </message>
    <message>
        <source>Captions for any player.</source>
        <translation>Untertitel für jeden Abspieler.</translation>
    </message>
    <message>
        <source>Captions for the web, with speakers and gaps.</source>
        <translation>Untertitel fürs Web, mit Sprechern und Lücken.</translation>
    </message>
    <message>
        <source>Plain text</source>
        <translation>Reiner Text</translation>
    </message>
    <message>
        <source>A line for each segment, and one for each gap.</source>
        <translation>Eine Zeile je Segment und je Lücke.</translation>
    </message>
    <message>
        <source>Paragraphs with times and speakers, to read and to quote.</source>
        <translation>Absätze mit Zeiten und Sprechern, zum Lesen und Zitieren.</translation>
    </message>
    <message>
        <source>As Whisper writes it, with every word&apos;s time.</source>
        <translation>Wie Whisper es schreibt, mit der Zeit jedes Wortes.</translation>
    </message>
    <message>
        <source>For a table: start, end, text.</source>
        <translation>Für eine Tabelle: Anfang, Ende, Text.</translation>
    </message>
    <message>
        <source>The format&apos;s own</source>
        <translation>Die des Formats</translation>
    </message>
    <message>
        <source>As it is</source>
        <translation>Wie sie ist</translation>
    </message>
    <message>
        <source>-16 LUFS, for podcasts</source>
        <translation>-16 LUFS, für Podcasts</translation>
    </message>
    <message>
        <source>-23 LUFS, for broadcast</source>
        <translation>-23 LUFS, für Rundfunk</translation>
    </message>
    <message>
        <source>-14 LUFS, for streaming</source>
        <translation>-14 LUFS, für Streaming</translation>
    </message>
    <message>
        <source>One file</source>
        <translation>Eine Datei</translation>
    </message>
    <message>
        <source>Cut at silences</source>
        <translation>An Stille schneiden</translation>
    </message>
    <message>
        <source>No sample is lost or repeated; the sound stays as recorded.</source>
        <translation>Kein Sample geht verloren oder wiederholt sich; der Ton bleibt wie aufgenommen.</translation>
    </message>
    <message>
        <source>Cut at markers</source>
        <translation>An Marken schneiden</translation>
    </message>
    <message>
        <source>Cut where speech and music change</source>
        <translation>Wo Sprache und Musik wechseln</translation>
    </message>
    <message>
        <source>Speech, music and silence must have been told apart before.</source>
        <translation>Sprache, Musik und Stille müssen vorher unterschieden worden sein.</translation>
    </message>
    <message>
        <source>Every 10 minutes</source>
        <translation>Alle 10 Minuten</translation>
    </message>
    <message>
        <source>Every 30 minutes</source>
        <translation>Alle 30 Minuten</translation>
    </message>
    <message>
        <source>As recorded</source>
        <translation>Wie aufgenommen</translation>
    </message>
    <message>
        <source>Mono</source>
        <translation>Mono</translation>
    </message>
    <message>
        <source>Stereo</source>
        <translation>Stereo</translation>
    </message>
    <message numerus="yes">
        <source>%n sessions, {length} in all</source>
        <translation>
            <numerusform>%n Sitzung, zusammen {length}</numerusform>
            <numerusform>%n Sitzungen, zusammen {length}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{title} and %n more</source>
        <translation>
            <numerusform>{title} und %n weitere</numerusform>
            <numerusform>{title} und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Evidence: the unedited package</source>
        <translation>Beweis: das unbearbeitete Paket</translation>
    </message>
    <message>
        <source>Quote: a clip with captions and citation</source>
        <translation>Zitat: Ausschnitt mit Untertiteln und Quellenangabe</translation>
    </message>
    <message>
        <source>Publish: a web page</source>
        <translation>Veröffentlichen: eine Webseite</translation>
    </message>
    <message>
        <source>Podcast: MP3 at -16 LUFS</source>
        <translation>Podcast: MP3 mit -16 LUFS</translation>
    </message>
    <message>
        <source>Subtitles: SRT</source>
        <translation>Untertitel: SRT</translation>
    </message>
    <message>
        <source>A preset needs a name.</source>
        <translation>Eine Vorlage braucht einen Namen.</translation>
    </message>
    <message>
        <source>{start} to {end}</source>
        <translation>{start} bis {end}</translation>
    </message>
</context>
<context>
    <name>Facts</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Benennen</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>No program here shows folders.</source>
        <translation>Kein Programm hier zeigt Ordner.</translation>
    </message>
    <message>
        <source>It was moved or deleted after it was made.</source>
        <translation>Sie wurde nach dem Erstellen verschoben oder gelöscht.</translation>
    </message>
    <message>
        <source>The file is in {folder}.</source>
        <translation>Die Datei liegt in {folder}.</translation>
    </message>
    <message>
        <source>{file} is not there any more.</source>
        <translation>{file} ist nicht mehr da.</translation>
    </message>
</context>
<context>
    <name>Find</name>
    <message>
        <source>nothing found</source>
        <translation>nichts gefunden</translation>
    </message>
    <message>
        <source>{number} of {total}</source>
        <translation>{number} von {total}</translation>
    </message>
    <message>
        <source>Find in this session</source>
        <translation>In dieser Sitzung suchen</translation>
    </message>
    <message>
        <source>The one before (Shift+F3)</source>
        <translation>Vorheriger Treffer (Umschalt+F3)</translation>
    </message>
    <message>
        <source>The next one (F3)</source>
        <translation>Nächster Treffer (F3)</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
</context>
<context>
    <name>Jobs</name>
    <message>
        <source>Clear the list</source>
        <translation>Liste leeren</translation>
    </message>
    <message>
        <source>Takes what is done or cancelled from the list; files stay.</source>
        <translation>Nimmt Fertiges und Abgebrochenes von der Liste; Dateien bleiben.</translation>
    </message>
    <message>
        <source>Nothing is in work</source>
        <translation>Nichts in Arbeit</translation>
    </message>
    <message>
        <source>Transcriptions, downloads, exports and imports show here while they run. They go on when the window is closed.</source>
        <translation>Transkriptionen, Downloads, Exporte und Importe erscheinen hier, solange sie laufen. Sie laufen weiter, wenn das Fenster geschlossen wird.</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Neu laden</translation>
    </message>
    <message numerus="yes">
        <source>Show %n more</source>
        <translation>
            <numerusform>%n weiteren zeigen</numerusform>
            <numerusform>%n weitere zeigen</numerusform>
        </translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message numerus="yes">
        <source>%n in work</source>
        <translation>
            <numerusform>%n in Arbeit</numerusform>
            <numerusform>%n in Arbeit</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to try again</source>
        <translation>
            <numerusform>%n noch einmal zu versuchen</numerusform>
            <numerusform>%n noch einmal zu versuchen</numerusform>
        </translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Do first</source>
        <translation>Vorziehen</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>Von der Liste nehmen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Get the model</source>
        <translation>Modell laden</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>Download of a model</source>
        <translation>Download eines Modells</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Import</translation>
    </message>
    <message>
        <source>Comparison with another recording</source>
        <translation>Vergleich mit einer anderen Aufnahme</translation>
    </message>
    <message>
        <source>Gaps filled from the replay</source>
        <translation>Lücken aus der Wiederholung füllen</translation>
    </message>
    <message>
        <source>Imports what is put there</source>
        <translation>Importiert, was dort abgelegt wird</translation>
    </message>
    <message>
        <source>It ended before it was done, perhaps with the computer. Try it again.</source>
        <translation>Er endete vor der Zeit, vielleicht mit dem Rechner. Versuchen Sie es noch einmal.</translation>
    </message>
    <message numerus="yes">
        <source>{file} and %n more</source>
        <translation>
            <numerusform>{file} und %n weitere</numerusform>
            <numerusform>{file} und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Transcription by Whisper {model}</source>
        <translation>Transkription durch Whisper {model}</translation>
    </message>
    <message>
        <source>Watching</source>
        <translation>Überwacht</translation>
    </message>
    <message>
        <source>Asked again at {time}.</source>
        <translation>Nächste Nachfrage um {time}.</translation>
    </message>
    <message>
        <source>Translation to English by Whisper {model}</source>
        <translation>Übersetzung ins Englische durch Whisper {model}</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>In work</source>
        <translation>In Arbeit</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Export, unedited with proof</source>
        <translation>Export, unbearbeitet mit Nachweis</translation>
    </message>
    <message>
        <source>Export, edited</source>
        <translation>Export, bearbeitet</translation>
    </message>
    <message>
        <source>Export of text</source>
        <translation>Export von Text</translation>
    </message>
    <message>
        <source>Last: {name}</source>
        <translation>Zuletzt: {name}</translation>
    </message>
    <message numerus="yes">
        <source>%n watched folder(s)</source>
        <translation>
            <numerusform>%n überwachter Ordner</numerusform>
            <numerusform>%n überwachte Ordner</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Playing</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Waveform</source>
        <translation>Wellenform</translation>
    </message>
    <message>
        <source>Transcript</source>
        <translation>Transkript</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>Sitzung</translation>
    </message>
    <message>
        <source>Space, K</source>
        <translation>Leertaste, K</translation>
    </message>
    <message>
        <source>play or pause</source>
        <translation>abspielen oder anhalten</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>Ctrl+K</source>
        <translation>Strg+K</translation>
    </message>
    <message>
        <source>type a link to record, or words to search</source>
        <translation>Link zum Aufnehmen oder Wörter zum Suchen eingeben</translation>
    </message>
    <message>
        <source>Ctrl+V</source>
        <translation>Strg+V</translation>
    </message>
    <message>
        <source>take the link that was copied</source>
        <translation>den kopierten Link übernehmen</translation>
    </message>
    <message>
        <source>Ctrl+1 to Ctrl+5</source>
        <translation>Strg+1 bis Strg+5</translation>
    </message>
    <message>
        <source>turn to a page</source>
        <translation>zu einer Seite wechseln</translation>
    </message>
    <message>
        <source>Ctrl+Space</source>
        <translation>Strg+Leertaste</translation>
    </message>
    <message>
        <source>write a note of this moment of what is live</source>
        <translation>Notiz zu diesem Moment der laufenden Aufnahme schreiben</translation>
    </message>
    <message>
        <source>Ctrl+Q</source>
        <translation>Strg+Q</translation>
    </message>
    <message>
        <source>quit; recordings go on</source>
        <translation>beenden; Aufnahmen laufen weiter</translation>
    </message>
    <message>
        <source>10 seconds back, on</source>
        <translation>10 Sekunden zurück, vor</translation>
    </message>
    <message>
        <source>Left, Right</source>
        <translation>Links, Rechts</translation>
    </message>
    <message>
        <source>5 seconds back, on</source>
        <translation>5 Sekunden zurück, vor</translation>
    </message>
    <message>
        <source>Home, End</source>
        <translation>Pos1, Ende</translation>
    </message>
    <message>
        <source>to the begin, to the end</source>
        <translation>an den Anfang, ans Ende</translation>
    </message>
    <message>
        <source>slower, faster</source>
        <translation>langsamer, schneller</translation>
    </message>
    <message>
        <source>Backspace</source>
        <translation>Rücktaste</translation>
    </message>
    <message>
        <source>normal speed</source>
        <translation>normales Tempo</translation>
    </message>
    <message>
        <source>skip silence, or not</source>
        <translation>Stille überspringen oder nicht</translation>
    </message>
    <message>
        <source>Page up, Page down</source>
        <translation>Bild auf, Bild ab</translation>
    </message>
    <message>
        <source>marker before, next</source>
        <translation>vorige Marke, nächste</translation>
    </message>
    <message>
        <source>zoom in, zoom out</source>
        <translation>vergrößern, verkleinern</translation>
    </message>
    <message>
        <source>show all</source>
        <translation>alles zeigen</translation>
    </message>
    <message>
        <source>Wheel, Shift and wheel</source>
        <translation>Rad, Umschalt und Rad</translation>
    </message>
    <message>
        <source>zoom, move along</source>
        <translation>zoomen, verschieben</translation>
    </message>
    <message>
        <source>choose from here, to here</source>
        <translation>wählen von hier, bis hier</translation>
    </message>
    <message>
        <source>clip what is chosen</source>
        <translation>das Gewählte ausschneiden</translation>
    </message>
    <message>
        <source>Ctrl+F, F3</source>
        <translation>Strg+F, F3</translation>
    </message>
    <message>
        <source>find, next</source>
        <translation>suchen, weiter</translation>
    </message>
    <message>
        <source>Return</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>play the word at the cursor</source>
        <translation>das Wort an der Schreibmarke abspielen</translation>
    </message>
    <message>
        <source>put the line right</source>
        <translation>die Zeile berichtigen</translation>
    </message>
    <message>
        <source>Ctrl+Z, Ctrl+Y</source>
        <translation>Strg+Z, Strg+Y</translation>
    </message>
    <message>
        <source>undo and redo a correction</source>
        <translation>Berichtigung zurücknehmen, wiederholen</translation>
    </message>
    <message>
        <source>Ctrl+Shift+C</source>
        <translation>Strg+Umschalt+C</translation>
    </message>
    <message>
        <source>copy as a quote</source>
        <translation>als Zitat kopieren</translation>
    </message>
    <message>
        <source>mark this moment</source>
        <translation>diesen Moment markieren</translation>
    </message>
    <message>
        <source>evidence, markers, notes, versions</source>
        <translation>Beweise, Marken, Notizen, Fassungen</translation>
    </message>
    <message>
        <source>Ctrl+E</source>
        <translation>Strg+E</translation>
    </message>
    <message>
        <source>export</source>
        <translation>exportieren</translation>
    </message>
    <message>
        <source>this list</source>
        <translation>diese Liste</translation>
    </message>
</context>
<context>
    <name>Languages</name>
    <message>
        <source>Arabic</source>
        <translation>Arabisch</translation>
    </message>
    <message>
        <source>Bulgarian</source>
        <translation>Bulgarisch</translation>
    </message>
    <message>
        <source>Catalan</source>
        <translation>Katalanisch</translation>
    </message>
    <message>
        <source>Czech</source>
        <translation>Tschechisch</translation>
    </message>
    <message>
        <source>Danish</source>
        <translation>Dänisch</translation>
    </message>
    <message>
        <source>German</source>
        <translation>Deutsch</translation>
    </message>
    <message>
        <source>Greek</source>
        <translation>Griechisch</translation>
    </message>
    <message>
        <source>English</source>
        <translation>Englisch</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>Spanisch</translation>
    </message>
    <message>
        <source>Persian</source>
        <translation>Persisch</translation>
    </message>
    <message>
        <source>Finnish</source>
        <translation>Finnisch</translation>
    </message>
    <message>
        <source>French</source>
        <translation>Französisch</translation>
    </message>
    <message>
        <source>Hebrew</source>
        <translation>Hebräisch</translation>
    </message>
    <message>
        <source>Hindi</source>
        <translation>Hindi</translation>
    </message>
    <message>
        <source>Croatian</source>
        <translation>Kroatisch</translation>
    </message>
    <message>
        <source>Hungarian</source>
        <translation>Ungarisch</translation>
    </message>
    <message>
        <source>Indonesian</source>
        <translation>Indonesisch</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>Italienisch</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>Japanisch</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>Koreanisch</translation>
    </message>
    <message>
        <source>Dutch</source>
        <translation>Niederländisch</translation>
    </message>
    <message>
        <source>Norwegian</source>
        <translation>Norwegisch</translation>
    </message>
    <message>
        <source>Polish</source>
        <translation>Polnisch</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>Portugiesisch</translation>
    </message>
    <message>
        <source>Romanian</source>
        <translation>Rumänisch</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>Russisch</translation>
    </message>
    <message>
        <source>Serbian</source>
        <translation>Serbisch</translation>
    </message>
    <message>
        <source>Swedish</source>
        <translation>Schwedisch</translation>
    </message>
    <message>
        <source>Thai</source>
        <translation>Thailändisch</translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation>Türkisch</translation>
    </message>
    <message>
        <source>Ukrainian</source>
        <translation>Ukrainisch</translation>
    </message>
    <message>
        <source>Vietnamese</source>
        <translation>Vietnamesisch</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>Chinesisch</translation>
    </message>
</context>
<context>
    <name>Library</name>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Year</source>
        <translation>Jahr</translation>
    </message>
    <message>
        <source>Transcript</source>
        <translation>Transkript</translation>
    </message>
    <message>
        <source>Gaps</source>
        <translation>Lücken</translation>
    </message>
    <message>
        <source>Keep as a collection</source>
        <translation>Als Sammlung behalten</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Transcribed</source>
        <translation>Transkribiert</translation>
    </message>
    <message>
        <source>Not transcribed</source>
        <translation>Nicht transkribiert</translation>
    </message>
    <message>
        <source>With gaps</source>
        <translation>Mit Lücken</translation>
    </message>
    <message>
        <source>Without gaps</source>
        <translation>Ohne Lücken</translation>
    </message>
    <message>
        <source>Any</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Sessions; Return opens one, Space plays it</source>
        <translation>Sitzungen; Eingabe öffnet eine, Leertaste spielt sie</translation>
    </message>
    <message numerus="yes">
        <source>%n session(s)</source>
        <translation>
            <numerusform>%n Sitzung</numerusform>
            <numerusform>%n Sitzungen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Tags for %n session(s), separated by commas</source>
        <translation>
            <numerusform>Schlagworte für %n Sitzung, mit Kommas getrennt</numerusform>
            <numerusform>Schlagworte für %n Sitzungen, mit Kommas getrennt</numerusform>
        </translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Schlagwort</translation>
    </message>
    <message numerus="yes">
        <source>Host of %n session(s)</source>
        <translation>
            <numerusform>Gastgeber von %n Sitzung</numerusform>
            <numerusform>Gastgeber von %n Sitzungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Set</source>
        <translation>Setzen</translation>
    </message>
    <message>
        <source>Title of the session</source>
        <translation>Titel der Sitzung</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message numerus="yes">
        <source>Collection for %n session(s)</source>
        <translation>
            <numerusform>Sammlung für %n Sitzung</numerusform>
            <numerusform>Sammlung für %n Sitzungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Put in</source>
        <translation>Hinzufügen</translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) will be transcribed.</source>
        <translation>
            <numerusform>%n Sitzung wird transkribiert.</numerusform>
            <numerusform>%n Sitzungen werden transkribiert.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n link(s) copied.</source>
        <translation>
            <numerusform>%n Link kopiert.</numerusform>
            <numerusform>%n Links kopiert.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n session(s) for good? The audio can&apos;t be had back.</source>
        <translation>
            <numerusform>%n Sitzung endgültig löschen? Der Ton lässt sich nicht zurückholen.</numerusform>
            <numerusform>%n Sitzungen endgültig löschen? Der Ton lässt sich nicht zurückholen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>Endgültig löschen</translation>
    </message>
    <message>
        <source>Name of the collection of all that fits these filters</source>
        <translation>Name der Sammlung von allem, was zu diesen Filtern passt</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Name of the collection</source>
        <translation>Name der Sammlung</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtern</translation>
    </message>
    <message>
        <source>Collections and tags</source>
        <translation>Sammlungen und Schlagworte</translation>
    </message>
    <message>
        <source>Empty the trash</source>
        <translation>Papierkorb leeren</translation>
    </message>
    <message numerus="yes">
        <source>{count} of %n session(s)</source>
        <translation>
            <numerusform>{count} von %n Sitzung</numerusform>
            <numerusform>{count} von %n Sitzungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>No session yet</source>
        <translation>Noch keine Sitzung</translation>
    </message>
    <message>
        <source>Record one with the field above, or drop audio files, transcripts and whole folders here: all of it becomes searchable.</source>
        <translation>Nehmen Sie mit dem Feld oben eine auf, oder ziehen Sie Tondateien, Transkripte und ganze Ordner hierher: alles wird durchsuchbar.</translation>
    </message>
    <message>
        <source>Import files</source>
        <translation>Dateien importieren</translation>
    </message>
    <message>
        <source>Nothing fits</source>
        <translation>Nichts passt</translation>
    </message>
    <message>
        <source>No session fits all of these filters.</source>
        <translation>Keine Sitzung passt zu allen diesen Filtern.</translation>
    </message>
    <message>
        <source>Clear the filters</source>
        <translation>Filter aufheben</translation>
    </message>
    <message>
        <source>Drop it to import it</source>
        <translation>Loslassen zum Importieren</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Tag…</source>
        <translation>Schlagwort …</translation>
    </message>
    <message>
        <source>Put in a collection…</source>
        <translation>In eine Sammlung …</translation>
    </message>
    <message>
        <source>Take out of this collection</source>
        <translation>Aus dieser Sammlung nehmen</translation>
    </message>
    <message>
        <source>Set the host…</source>
        <translation>Gastgeber setzen …</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen …</translation>
    </message>
    <message>
        <source>Transcribe</source>
        <translation>Transkribieren</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>Link kopieren</translation>
    </message>
    <message>
        <source>Move to the trash</source>
        <translation>In den Papierkorb</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Bring back</source>
        <translation>Zurückholen</translation>
    </message>
    <message>
        <source>Delete for good…</source>
        <translation>Endgültig löschen …</translation>
    </message>
    <message>
        <source>Import files…</source>
        <translation>Dateien importieren …</translation>
    </message>
    <message>
        <source>Import a folder…</source>
        <translation>Ordner importieren …</translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) in the trash.</source>
        <translation>
            <numerusform>%n Sitzung im Papierkorb.</numerusform>
            <numerusform>%n Sitzungen im Papierkorb.</numerusform>
        </translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Too much is being changed at once.</source>
        <translation>Es wird zu viel auf einmal geändert.</translation>
    </message>
    <message>
        <source>Filter by title, host, source, tag, note or marker</source>
        <translation>Nach Titel, Gastgeber, Quelle, Schlagwort, Notiz oder Marke filtern</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>Versuchen Sie es gleich noch einmal.</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>To come</source>
        <translation>Geplant</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>Recovered</source>
        <translation>Gerettet</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Unreadable</source>
        <translation>Unlesbar</translation>
    </message>
    <message>
        <source>thrown away {when}</source>
        <translation>weggeworfen {when}</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>Neueste zuerst</translation>
    </message>
    <message>
        <source>Oldest first</source>
        <translation>Älteste zuerst</translation>
    </message>
    <message>
        <source>By title</source>
        <translation>Nach Titel</translation>
    </message>
    <message>
        <source>Longest first</source>
        <translation>Längste zuerst</translation>
    </message>
    <message>
        <source>By source</source>
        <translation>Nach Quelle</translation>
    </message>
    <message>
        <source>By state</source>
        <translation>Nach Zustand</translation>
    </message>
    <message numerus="yes">
        <source>And %n more.</source>
        <translation>
            <numerusform>Und %n weitere.</numerusform>
            <numerusform>Und %n weitere.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) imported</source>
        <translation>
            <numerusform>%n Datei importiert</numerusform>
            <numerusform>%n Dateien importiert</numerusform>
        </translation>
    </message>
    <message>
        <source>{file} is in the trash and stays there until it is restored.</source>
        <translation>{file} liegt im Papierkorb und bleibt dort, bis es wiederhergestellt wird.</translation>
    </message>
    <message>
        <source>All others are done.</source>
        <translation>Alle anderen sind fertig.</translation>
    </message>
    <message>
        <source>There was no audio and no transcript in it.</source>
        <translation>Darin war kein Ton und kein Transkript.</translation>
    </message>
    <message numerus="yes">
        <source>%n of them known already</source>
        <translation>
            <numerusform>%n davon schon bekannt</numerusform>
            <numerusform>%n davon schon bekannt</numerusform>
        </translation>
    </message>
    <message>
        <source>Looking at what is to be imported</source>
        <translation>Es wird nachgesehen, was zu importieren ist</translation>
    </message>
    <message numerus="yes">
        <source>Importing {name} (%n file(s) done)</source>
        <translation>
            <numerusform>{name} wird importiert (%n Datei fertig)</numerusform>
            <numerusform>{name} wird importiert (%n Dateien fertig)</numerusform>
        </translation>
    </message>
    <message>
        <source>Collections</source>
        <translation>Sammlungen</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Schlagworte</translation>
    </message>
    <message>
        <source>Take this tag from all sessions</source>
        <translation>Dieses Schlagwort von allen Sitzungen nehmen</translation>
    </message>
    <message>
        <source>Forget this collection</source>
        <translation>Diese Sammlung auflösen</translation>
    </message>
    <message>
        <source>All sessions</source>
        <translation>Alle Sitzungen</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>Papierkorb</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>gewählt</translation>
    </message>
    <message>
        <source>Search what was said under “{tag}”</source>
        <translation>Suchen, was unter „{tag}“ gesagt wurde</translation>
    </message>
</context>
<context>
    <name>Live</name>
    <message>
        <source>Only digital silence for 15 s. It is recorded all the same.</source>
        <translation>Seit 15 s nur digitale Stille. Sie wird trotzdem aufgenommen.</translation>
    </message>
    <message>
        <source>What arrives can&apos;t be decoded. It is kept as it comes.</source>
        <translation>Was ankommt, lässt sich nicht dekodieren. Es wird gespeichert, wie es kommt.</translation>
    </message>
    <message>
        <source>A gap of {length} is marked: {reason}.</source>
        <translation>Eine Lücke von {length} ist vermerkt: {reason}.</translation>
    </message>
    <message>
        <source>{length} of a gap came late and are there.</source>
        <translation>{length} einer Lücke kamen verspätet und sind da.</translation>
    </message>
    <message numerus="yes">
        <source>%n segment(s) kept; an earlier one is late.</source>
        <translation>
            <numerusform>%n Segment wartet gesichert auf ein früheres.</numerusform>
            <numerusform>%n Segmente warten gesichert auf ein früheres.</numerusform>
        </translation>
    </message>
    <message>
        <source>Track {track}: {state}. {why}</source>
        <translation>Spur {track}: {state}. {why}</translation>
    </message>
    <message>
        <source>Nothing recorded yet</source>
        <translation>Noch nichts aufgenommen</translation>
    </message>
    <message>
        <source>The recorder&apos;s process died; it is started again.</source>
        <translation>Der Prozess des Rekorders ist abgestürzt; er wird neu gestartet.</translation>
    </message>
    <message>
        <source>Began {length} late</source>
        <translation>Begann {length} zu spät</translation>
    </message>
    <message>
        <source>Late by {length}</source>
        <translation>{length} überfällig</translation>
    </message>
    <message numerus="yes">
        <source>%n attempt(s)</source>
        <translation>
            <numerusform>%n Versuch</numerusform>
            <numerusform>%n Versuche</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing recorded</source>
        <translation>Nichts aufgenommen</translation>
    </message>
    <message>
        <source>What it had recorded is safe.</source>
        <translation>Was er aufgenommen hatte, ist sicher.</translation>
    </message>
    <message>
        <source>Recover the session to seal it; its log is derived/recorder.log.</source>
        <translation>Retten Sie die Sitzung, um sie zu versiegeln; ihr Protokoll ist derived/recorder.log.</translation>
    </message>
    <message>
        <source>Announced for {when}.</source>
        <translation>Angekündigt für {when}.</translation>
    </message>
    <message>
        <source>Disk lasts {length}</source>
        <translation>Platz für {length}</translation>
    </message>
    <message>
        <source>Saved to {clock}</source>
        <translation>Gesichert bis {clock}</translation>
    </message>
    <message numerus="yes">
        <source>The recorder of {name} died %n time(s) within a minute.</source>
        <translation>
            <numerusform>Der Rekorder von {name} stürzte %n-mal in einer Minute ab.</numerusform>
            <numerusform>Der Rekorder von {name} stürzte %n-mal in einer Minute ab.</numerusform>
        </translation>
    </message>
    <message>
        <source>The recorder had died; another one goes on from here.</source>
        <translation>Der Rekorder war abgestürzt; von hier an nimmt ein neuer auf.</translation>
    </message>
    <message numerus="yes">
        <source>%n mark(s)</source>
        <translation>
            <numerusform>%n Marke</numerusform>
            <numerusform>%n Marken</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n note(s)</source>
        <translation>
            <numerusform>%n Notiz</numerusform>
            <numerusform>%n Notizen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Markers</name>
    <message>
        <source>marker</source>
        <translation>Marke</translation>
    </message>
    <message>
        <source>Markers; Return jumps, F2 names anew</source>
        <translation>Marken; Eingabe springt, F2 benennt neu</translation>
    </message>
    <message>
        <source>Add marker</source>
        <translation>Marke setzen</translation>
    </message>
    <message>
        <source>Where the playhead is (M)</source>
        <translation>An der Abspielstelle (M)</translation>
    </message>
    <message>
        <source>Remove, or give its first name back</source>
        <translation>Entfernen oder den ersten Namen zurückgeben</translation>
    </message>
    <message>
        <source>Name a moment with M, and find it here.</source>
        <translation>Benennen Sie mit M einen Moment und finden Sie ihn hier.</translation>
    </message>
</context>
<context>
    <name>Notes</name>
    <message>
        <source>Notes</source>
        <translation>Notizen</translation>
    </message>
    <message>
        <source>What should be remembered. A line may begin with a time: 12:34</source>
        <translation>Was man sich merken will. Eine Zeile darf mit einer Zeit beginnen: 12:34</translation>
    </message>
    <message>
        <source>Insert time</source>
        <translation>Zeit einfügen</translation>
    </message>
    <message>
        <source>Play line</source>
        <translation>Zeile abspielen</translation>
    </message>
</context>
<context>
    <name>Now</name>
    <message>
        <source>Nothing is being recorded</source>
        <translation>Es wird nichts aufgenommen</translation>
    </message>
    <message>
        <source>Paste a link above and press Return, or drop one on this window.</source>
        <translation>Fügen Sie oben einen Link ein und drücken Sie die Eingabetaste, oder ziehen Sie einen auf dieses Fenster.</translation>
    </message>
    <message>
        <source>Play the sample broadcast</source>
        <translation>Beispielsendung abspielen</translation>
    </message>
    <message>
        <source>Scheduled</source>
        <translation>Geplant</translation>
    </message>
    <message>
        <source>Left without a recorder</source>
        <translation>Ohne Rekorder</translation>
    </message>
    <message>
        <source>Just ended</source>
        <translation>Gerade zu Ende</translation>
    </message>
    <message>
        <source>Wait for it</source>
        <translation>Darauf warten</translation>
    </message>
    <message>
        <source>Recover</source>
        <translation>Retten</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>No recorder waits for it now, so it would be missed.</source>
        <translation>Kein Rekorder wartet darauf, sie würde also verpasst.</translation>
    </message>
    <message>
        <source>Its recorder ended without sealing it. What was recorded is safe.</source>
        <translation>Ihr Rekorder endete, ohne sie zu versiegeln. Was aufgenommen wurde, ist sicher.</translation>
    </message>
    <message>
        <source>Recovered {clock}; at most 1 s lost.</source>
        <translation>{clock} gerettet; höchstens 1 s verloren.</translation>
    </message>
    <message>
        <source>Nothing was recorded.</source>
        <translation>Nichts wurde aufgenommen.</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Transcribing</source>
        <translation>Wird transkribiert</translation>
    </message>
</context>
<context>
    <name>Panel</name>
    <message>
        <source>Evidence, markers, notes, versions</source>
        <translation>Beweise, Marken, Notizen, Fassungen</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>Beweise</translation>
    </message>
    <message>
        <source>Markers</source>
        <translation>Marken</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notizen</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Fassungen</translation>
    </message>
</context>
<context>
    <name>Parting</name>
    <message numerus="yes">
        <source>%n session(s) will go on without this window, safe and to the end.</source>
        <translation>
            <numerusform>%n Sitzung läuft ohne dieses Fenster weiter, sicher und bis zum Ende.</numerusform>
            <numerusform>%n Sitzungen laufen ohne dieses Fenster weiter, sicher und bis zum Ende.</numerusform>
        </translation>
    </message>
    <message>
        <source>Quit; they go on</source>
        <translation>Beenden; sie laufen weiter</translation>
    </message>
    <message>
        <source>Stop them and quit</source>
        <translation>Anhalten und beenden</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>Bleiben</translation>
    </message>
</context>
<context>
    <name>Player</name>
    <message>
        <source>There is no audio output here.</source>
        <translation>Hier gibt es keine Tonausgabe.</translation>
    </message>
    <message>
        <source>The recording is untouched.</source>
        <translation>Die Aufnahme ist unberührt.</translation>
    </message>
    <message>
        <source>Connect a speaker or headphones, and play again.</source>
        <translation>Schließen Sie Lautsprecher oder Kopfhörer an und spielen Sie noch einmal.</translation>
    </message>
    <message>
        <source>{length} skipped</source>
        <translation>{length} übersprungen</translation>
    </message>
    <message>
        <source>Gap of {length} jumped over: {reason}</source>
        <translation>Lücke von {length} übersprungen: {reason}</translation>
    </message>
    <message>
        <source>&apos;aircheck verify&apos; says what holds.</source>
        <translation>„aircheck verify“ sagt, was stimmt.</translation>
    </message>
    <message>
        <source>This can&apos;t be played ({what}).</source>
        <translation>Das lässt sich nicht abspielen ({what}).</translation>
    </message>
    <message>
        <source>Back 10 seconds (J)</source>
        <translation>10 Sekunden zurück (J)</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Forward 10 seconds (L)</source>
        <translation>10 Sekunden vor (L)</translation>
    </message>
    <message>
        <source>Speed and what is skipped</source>
        <translation>Tempo und was übersprungen wird</translation>
    </message>
    <message>
        <source>no silence</source>
        <translation>ohne Stille</translation>
    </message>
    <message>
        <source>no music</source>
        <translation>ohne Musik</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Space plays the session in view</source>
        <translation>Die Leertaste spielt die gezeigte Sitzung ab</translation>
    </message>
    <message>
        <source>Open a session to play it</source>
        <translation>Zum Abspielen eine Sitzung öffnen</translation>
    </message>
    <message>
        <source>Skip silence</source>
        <translation>Stille überspringen</translation>
    </message>
    <message>
        <source>Skip music</source>
        <translation>Musik überspringen</translation>
    </message>
    <message>
        <source>Hear gaps as silence</source>
        <translation>Lücken als Stille hören</translation>
    </message>
</context>
<context>
    <name>Prompt</name>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Do it</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>Leave it as it is</source>
        <translation>So lassen</translation>
    </message>
</context>
<context>
    <name>Ready</name>
    <message>
        <source>The last {seconds} s are kept in memory, and recorded with what follows.</source>
        <translation>Die letzten {seconds} s sind im Speicher und werden mit dem Folgenden aufgenommen.</translation>
    </message>
</context>
<context>
    <name>Reasons</name>
    <message>
        <source>{what} is not available: {words}.</source>
        <translation>{what} ist nicht zu haben: {words}.</translation>
    </message>
    <message>
        <source>{what} refuses: {words}.</source>
        <translation>{what} weist ab: {words}.</translation>
    </message>
    <message>
        <source>There is no host {what} (yet).</source>
        <translation>Es gibt (noch) keinen Rechner {what}.</translation>
    </message>
    <message>
        <source>{what} did not answer in time.</source>
        <translation>{what} hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>{what} did not answer within {seconds} s.</source>
        <translation>{what} hat nicht binnen {seconds} s geantwortet.</translation>
    </message>
    <message>
        <source>{what} refuses the connection.</source>
        <translation>{what} weist die Verbindung ab.</translation>
    </message>
    <message>
        <source>{what} can&apos;t be reached: {words}.</source>
        <translation>{what} ist nicht zu erreichen: {words}.</translation>
    </message>
    <message>
        <source>{what} gives no answer of HTTP ({words}).</source>
        <translation>{what} antwortet nicht nach HTTP ({words}).</translation>
    </message>
    <message>
        <source>The certificate of {what} is not valid ({words}).</source>
        <translation>Das Zertifikat von {what} ist nicht gültig ({words}).</translation>
    </message>
    <message>
        <source>Check the address: somebody may pose as this host.</source>
        <translation>Prüfen Sie die Adresse: Jemand könnte sich als dieser Rechner ausgeben.</translation>
    </message>
    <message>
        <source>{what} has sent nothing for {seconds} s.</source>
        <translation>{what} hat seit {seconds} s nichts gesendet.</translation>
    </message>
    <message>
        <source>The connection to {what} broke.</source>
        <translation>Die Verbindung zu {what} ist abgerissen.</translation>
    </message>
    <message>
        <source>{what} closed the connection before any audio.</source>
        <translation>{what} hat die Verbindung vor dem ersten Ton geschlossen.</translation>
    </message>
    <message>
        <source>{what} closed the connection.</source>
        <translation>{what} hat die Verbindung geschlossen.</translation>
    </message>
    <message>
        <source>{what} has sent no audio yet.</source>
        <translation>{what} hat noch keinen Ton gesendet.</translation>
    </message>
    <message>
        <source>{what} lists nothing yet.</source>
        <translation>{what} führt noch nichts auf.</translation>
    </message>
    <message>
        <source>{what} lists nothing new for {seconds} s.</source>
        <translation>{what} führt seit {seconds} s nichts Neues auf.</translation>
    </message>
    <message>
        <source>{what} is empty.</source>
        <translation>{what} ist leer.</translation>
    </message>
    <message>
        <source>{what} is not audio.</source>
        <translation>{what} ist kein Ton.</translation>
    </message>
    <message>
        <source>{what} is a page that leads to no stream.</source>
        <translation>{what} ist eine Seite, die zu keinem Stream führt.</translation>
    </message>
    <message>
        <source>{what} plays nothing now. {words}</source>
        <translation>{what} spielt gerade nichts. {words}</translation>
    </message>
    <message>
        <source>{what} is not an HLS playlist.</source>
        <translation>{what} ist keine HLS-Liste.</translation>
    </message>
    <message>
        <source>{what} is a playlist that lists no stream.</source>
        <translation>{what} ist eine Liste ohne Stream.</translation>
    </message>
    <message>
        <source>{what} sends {form} that is neither MP3, AAC nor Ogg.</source>
        <translation>{what} sendet {form}, weder MP3 noch AAC noch Ogg.</translation>
    </message>
    <message>
        <source>{what} is protected ({words}); only its own player can hear it.</source>
        <translation>{what} ist geschützt ({words}); nur der eigene Player kann es hören.</translation>
    </message>
    <message>
        <source>{what} leads on and on: more than {count} redirects.</source>
        <translation>{what} leitet immer weiter: mehr als {count} Umleitungen.</translation>
    </message>
    <message>
        <source>{what} is not an http(s) address.</source>
        <translation>{what} ist keine http(s)-Adresse.</translation>
    </message>
    <message>
        <source>An address begins with http:// or https://.</source>
        <translation>Eine Adresse beginnt mit http:// oder https://.</translation>
    </message>
    <message>
        <source>An address begins with http:// or https://; a device is device:NAME.</source>
        <translation>Eine Adresse beginnt mit http:// oder https://; ein Gerät ist device:NAME.</translation>
    </message>
    <message>
        <source>That is not an address of the web.</source>
        <translation>Das ist keine Adresse im Netz.</translation>
    </message>
    <message>
        <source>That is neither an address nor a file.</source>
        <translation>Das ist weder eine Adresse noch eine Datei.</translation>
    </message>
    <message>
        <source>There is no file {what}, and it is no address either.</source>
        <translation>Es gibt keine Datei {what}, und eine Adresse ist es auch nicht.</translation>
    </message>
    <message>
        <source>Give an http(s) address, device:NAME, system, or a file.</source>
        <translation>Geben Sie eine http(s)-Adresse, device:NAME, system oder eine Datei an.</translation>
    </message>
    <message>
        <source>Give the address of a stream, a playlist, or a page that plays one.</source>
        <translation>Geben Sie die Adresse eines Streams, einer Liste oder einer Seite an, die einen spielt.</translation>
    </message>
    <message>
        <source>Give the address of the stream itself.</source>
        <translation>Geben Sie die Adresse des Streams selbst an.</translation>
    </message>
    <message>
        <source>The source ended.</source>
        <translation>Die Quelle ist zu Ende.</translation>
    </message>
    <message>
        <source>Segment {number} could not be had. {words}</source>
        <translation>Segment {number} war nicht zu bekommen. {words}</translation>
    </message>
    <message>
        <source>Segment {number} did not come in time. {words}</source>
        <translation>Segment {number} kam nicht rechtzeitig. {words}</translation>
    </message>
    <message>
        <source>Segment {number} did not come in time.</source>
        <translation>Segment {number} kam nicht rechtzeitig.</translation>
    </message>
    <message>
        <source>Segments {first} to {last} could not be had. {words}</source>
        <translation>Die Segmente {first} bis {last} waren nicht zu bekommen. {words}</translation>
    </message>
    <message>
        <source>Segments {first} to {last} did not come in time. {words}</source>
        <translation>Die Segmente {first} bis {last} kamen nicht rechtzeitig. {words}</translation>
    </message>
    <message>
        <source>Segments {first} to {last} did not come in time.</source>
        <translation>Die Segmente {first} bis {last} kamen nicht rechtzeitig.</translation>
    </message>
    <message>
        <source>The server counts its segments anew.</source>
        <translation>Der Server zählt seine Segmente neu.</translation>
    </message>
    <message>
        <source>The server says that it is missing.</source>
        <translation>Der Server sagt, dass es fehlt.</translation>
    </message>
    <message>
        <source>The playlist never listed it.</source>
        <translation>Die Liste hat es nie aufgeführt.</translation>
    </message>
    <message>
        <source>{what} answers again, and is next when the mirror breaks.</source>
        <translation>{what} antwortet wieder und ist als Nächstes an der Reihe, wenn der Spiegel ausfällt.</translation>
    </message>
    <message>
        <source>From the mirror {what}: {words}</source>
        <translation>Vom Spiegel {what}: {words}</translation>
    </message>
    <message>
        <source>400 Bad Request</source>
        <translation>400 fehlerhafte Anfrage</translation>
    </message>
    <message>
        <source>401 Unauthorized</source>
        <translation>401 Anmeldung nötig</translation>
    </message>
    <message>
        <source>403 Forbidden</source>
        <translation>403 verboten</translation>
    </message>
    <message>
        <source>404 Not Found</source>
        <translation>404 nicht gefunden</translation>
    </message>
    <message>
        <source>408 Request Timeout</source>
        <translation>408 Anfrage dauerte zu lange</translation>
    </message>
    <message>
        <source>410 Gone</source>
        <translation>410 nicht mehr da</translation>
    </message>
    <message>
        <source>429 Too Many Requests</source>
        <translation>429 zu viele Anfragen</translation>
    </message>
    <message>
        <source>500 Internal Server Error</source>
        <translation>500 Fehler im Server</translation>
    </message>
    <message>
        <source>502 Bad Gateway</source>
        <translation>502 Fehler hinter dem Server</translation>
    </message>
    <message>
        <source>503 Service Unavailable</source>
        <translation>503 Dienst nicht verfügbar</translation>
    </message>
    <message>
        <source>504 Gateway Timeout</source>
        <translation>504 keine Antwort hinter dem Server</translation>
    </message>
    <message>
        <source>{what} has given nothing for a second.</source>
        <translation>{what} hat seit einer Sekunde nichts geliefert.</translation>
    </message>
    <message>
        <source>{what} gives sound again.</source>
        <translation>{what} liefert wieder Ton.</translation>
    </message>
    <message>
        <source>{what} gives digital silence for {seconds} s. {words}</source>
        <translation>{what} liefert seit {seconds} s digitale Stille. {words}</translation>
    </message>
    <message>
        <source>It is muted, nothing plays, or it may not be heard: check the system&apos;s settings.</source>
        <translation>Es ist stumm, nichts spielt, oder es darf nicht gehört werden: Prüfen Sie die Einstellungen des Systems.</translation>
    </message>
    <message>
        <source>Nothing plays on it.</source>
        <translation>Darauf spielt nichts.</translation>
    </message>
    <message>
        <source>The output is muted.</source>
        <translation>Der Ausgang ist stumm.</translation>
    </message>
    <message>
        <source>All that plays on it is muted.</source>
        <translation>Alles, was darauf spielt, ist stumm.</translation>
    </message>
    <message>
        <source>What plays on it is silent.</source>
        <translation>Was darauf spielt, ist still.</translation>
    </message>
    <message>
        <source>It is muted or broken: an input that works has noise.</source>
        <translation>Es ist stumm oder defekt: Ein Eingang, der geht, rauscht.</translation>
    </message>
    <message>
        <source>{what} is suspended.</source>
        <translation>{what} ist angehalten.</translation>
    </message>
    <message>
        <source>{what} changed its format.</source>
        <translation>{what} hat sein Format gewechselt.</translation>
    </message>
    <message>
        <source>What it gave is stored.</source>
        <translation>Was es geliefert hat, ist gespeichert.</translation>
    </message>
    <message>
        <source>Is it suspended or unplugged?</source>
        <translation>Ist es angehalten oder ausgesteckt?</translation>
    </message>
    <message>
        <source>{lost} s were lost on the way: the machine is too busy.</source>
        <translation>{lost} s gingen unterwegs verloren: Der Rechner ist zu beschäftigt.</translation>
    </message>
    <message>
        <source>No sound server answers.</source>
        <translation>Kein Tonserver antwortet.</translation>
    </message>
    <message>
        <source>The sound server doesn&apos;t answer.</source>
        <translation>Der Tonserver antwortet nicht.</translation>
    </message>
    <message>
        <source>Restart PipeWire or PulseAudio.</source>
        <translation>Starten Sie PipeWire oder PulseAudio neu.</translation>
    </message>
    <message>
        <source>Start PipeWire (with pipewire-pulse) or PulseAudio.</source>
        <translation>Starten Sie PipeWire (mit pipewire-pulse) oder PulseAudio.</translation>
    </message>
    <message>
        <source>There is sound again.</source>
        <translation>Es ist wieder Ton da.</translation>
    </message>
    <message>
        <source>Nothing but digital silence for 15 s. It is recorded all the same.</source>
        <translation>Seit 15 s nur digitale Stille. Aufgenommen wird trotzdem.</translation>
    </message>
    <message>
        <source>Announced for {when}.</source>
        <translation>Angekündigt für {when}.</translation>
    </message>
    <message>
        <source>The time asked for is over.</source>
        <translation>Die gewünschte Zeit ist um.</translation>
    </message>
    <message>
        <source>Nothing came until its next time.</source>
        <translation>Bis zum nächsten Mal kam nichts.</translation>
    </message>
    <message>
        <source>Nothing came for {length}: taken as the session&apos;s end.</source>
        <translation>Seit {length} kam nichts: als Ende der Sitzung genommen.</translation>
    </message>
    <message>
        <source>It ended without audio.</source>
        <translation>Es endete ohne Ton.</translation>
    </message>
    <message>
        <source>It was called off before its time.</source>
        <translation>Es wurde vor seiner Zeit abgesagt.</translation>
    </message>
    <message>
        <source>It began {count} min late.</source>
        <translation>Es begann {count} min zu spät.</translation>
    </message>
    <message>
        <source>The first {seconds} s were heard before the recording was asked for.</source>
        <translation>Die ersten {seconds} s wurden gehört, bevor die Aufnahme verlangt war.</translation>
    </message>
    <message>
        <source>The computer was asleep for {seconds} s.</source>
        <translation>Der Rechner hat {seconds} s geschlafen.</translation>
    </message>
    <message>
        <source>The computer&apos;s clock was set {way} by {seconds} s; session time is not affected.</source>
        <translation>Die Uhr des Rechners wurde um {seconds} s {way}gestellt; die Sitzungszeit bleibt davon unberührt.</translation>
    </message>
    <message>
        <source>forward</source>
        <translation>vor</translation>
    </message>
    <message>
        <source>back</source>
        <translation>zurück</translation>
    </message>
    <message>
        <source>{clock} {what} on {day} in {zone}: the clocks change.</source>
        <translation>{clock} {what} am {day} in {zone}: Die Uhren werden umgestellt.</translation>
    </message>
    <message>
        <source>does not exist</source>
        <translation>gibt es nicht</translation>
    </message>
    <message>
        <source>comes twice</source>
        <translation>kommt zweimal vor</translation>
    </message>
    <message>
        <source>The disk is full in {length} at the present rate.</source>
        <translation>In {length} ist die Platte beim jetzigen Tempo voll.</translation>
    </message>
    <message>
        <source>Connection refused</source>
        <translation>Verbindung abgewiesen</translation>
    </message>
    <message>
        <source>Connection reset by peer</source>
        <translation>Verbindung vom anderen Ende abgebrochen</translation>
    </message>
    <message>
        <source>Network is unreachable</source>
        <translation>das Netz ist nicht erreichbar</translation>
    </message>
    <message>
        <source>No route to host</source>
        <translation>kein Weg zum Rechner</translation>
    </message>
    <message>
        <source>There is nothing to translate: English is spoken.</source>
        <translation>Es gibt nichts zu übersetzen: Gesprochen wird Englisch.</translation>
    </message>
    <message>
        <source>The model {what} can&apos;t translate: it knows English alone.</source>
        <translation>Das Modell {what} kann nicht übersetzen: Es kennt nur Englisch.</translation>
    </message>
    <message>
        <source>The transcript is untouched.</source>
        <translation>Das Transkript ist unberührt.</translation>
    </message>
    <message>
        <source>The recorder had died.</source>
        <translation>Der Rekorder war abgestürzt.</translation>
    </message>
    <message>
        <source>The recorder failed: {what}.</source>
        <translation>Der Rekorder ist gescheitert: {what}.</translation>
    </message>
    <message>
        <source>See derived/recorder.log.</source>
        <translation>Siehe derived/recorder.log.</translation>
    </message>
    <message>
        <source>The source failed: {what}.</source>
        <translation>Die Quelle ist gescheitert: {what}.</translation>
    </message>
    <message>
        <source>Sealed after its recorder died.</source>
        <translation>Versiegelt, nachdem der Rekorder abgestürzt war.</translation>
    </message>
    <message>
        <source>It had not come when the recording was stopped.</source>
        <translation>Es war noch nicht da, als die Aufnahme beendet wurde.</translation>
    </message>
    <message>
        <source>No recorder answers for {what}.</source>
        <translation>Für {what} antwortet kein Rekorder.</translation>
    </message>
    <message>
        <source>What it had recorded is safe.</source>
        <translation>Was er aufgenommen hatte, ist sicher.</translation>
    </message>
    <message>
        <source>All that was recorded before is safe.</source>
        <translation>Alles, was vorher aufgenommen wurde, ist sicher.</translation>
    </message>
    <message>
        <source>What was recorded so far is safe.</source>
        <translation>Was bisher aufgenommen wurde, ist sicher.</translation>
    </message>
    <message>
        <source>The recorder did not begin within 20 s.</source>
        <translation>Der Rekorder hat nicht binnen 20 s begonnen.</translation>
    </message>
    <message>
        <source>The recorder ended at once: {words}</source>
        <translation>Der Rekorder war sofort zu Ende: {words}</translation>
    </message>
    <message>
        <source>Nothing was recorded; the session&apos;s folder is kept.</source>
        <translation>Nichts wurde aufgenommen; der Ordner der Sitzung bleibt.</translation>
    </message>
    <message>
        <source>Check the source and the disk, and record again.</source>
        <translation>Prüfen Sie Quelle und Platte und nehmen Sie noch einmal auf.</translation>
    </message>
    <message>
        <source>{text} is not a time.</source>
        <translation>{text} ist keine Zeit.</translation>
    </message>
    <message>
        <source>{text} is not a time of day.</source>
        <translation>{text} ist keine Uhrzeit.</translation>
    </message>
    <message>
        <source>{text} is not a time: there is no {hour} {half}m.</source>
        <translation>{text} ist keine Zeit: {hour} {half}m gibt es nicht.</translation>
    </message>
    <message>
        <source>{text} may be morning or evening.</source>
        <translation>{text} kann morgens oder abends sein.</translation>
    </message>
    <message>
        <source>{text} names no day.</source>
        <translation>{text} nennt keinen Tag.</translation>
    </message>
    <message>
        <source>{text} is no time zone.</source>
        <translation>{text} ist keine Zeitzone.</translation>
    </message>
    <message>
        <source>{text} is the name of several zones.</source>
        <translation>{text} heißen mehrere Zeitzonen.</translation>
    </message>
    <message>
        <source>{text} is past: it was {when}.</source>
        <translation>{text} ist vorbei: Es war {when}.</translation>
    </message>
    <message>
        <source>{day} is a {weekday}, not a {other}.</source>
        <translation>{day} ist ein {weekday}, kein {other}.</translation>
    </message>
    <message>
        <source>{zone} keeps {kept} on {day}, not {other}.</source>
        <translation>In {zone} gilt am {day} {kept}, nicht {other}.</translation>
    </message>
    <message>
        <source>Write &apos;8pm ET&apos;, &apos;20:00 Europe/Berlin&apos;, &apos;tomorrow 20:00&apos; or &apos;2024-08-13T20:00-04:00&apos;.</source>
        <translation>Schreiben Sie etwa „20 Uhr“, „morgen 20:00“, „20:00 Europe/Berlin“ oder „2024-08-13T20:00-04:00“.</translation>
    </message>
    <message>
        <source>Write {one}am, {other}pm or {third}:00.</source>
        <translation>Schreiben Sie {third}:00, oder {one}am, {other}pm.</translation>
    </message>
    <message>
        <source>Write {clock} {zone}, or the offset that you mean.</source>
        <translation>Schreiben Sie {clock} {zone} oder den Abstand zu UTC, den Sie meinen.</translation>
    </message>
    <message>
        <source>Write the offset: {one} or {other}.</source>
        <translation>Schreiben Sie den Abstand zu UTC dazu: {one} oder {other}.</translation>
    </message>
    <message>
        <source>Write {one} or {other}.</source>
        <translation>Schreiben Sie {one} oder {other}.</translation>
    </message>
    <message>
        <source>Leave --at out to begin at once.</source>
        <translation>Ohne Zeit beginnt es sofort.</translation>
    </message>
    <message>
        <source>{text} is not a duration</source>
        <translation>{text} ist keine Dauer</translation>
    </message>
    <message>
        <source>The disk is full while {doing}.</source>
        <translation>Die Platte ist voll ({doing}).</translation>
    </message>
    <message>
        <source>Free some room; a recording that is paused goes on by itself then.</source>
        <translation>Schaffen Sie Platz; eine angehaltene Aufnahme geht dann von selbst weiter.</translation>
    </message>
    <message>
        <source>Free some room.</source>
        <translation>Schaffen Sie Platz.</translation>
    </message>
    <message>
        <source>Choose another archive folder or change its permissions.</source>
        <translation>Wählen Sie einen anderen Archivordner oder ändern Sie dessen Rechte.</translation>
    </message>
    <message>
        <source>Check the folder&apos;s permissions.</source>
        <translation>Prüfen Sie die Rechte des Ordners.</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>Versuchen Sie es gleich noch einmal.</translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation>Versuchen Sie es später noch einmal.</translation>
    </message>
    <message>
        <source>It was not touched.</source>
        <translation>Es wurde nicht angerührt.</translation>
    </message>
    <message>
        <source>It is left as it is.</source>
        <translation>Es bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>It goes on undisturbed.</source>
        <translation>Es geht ungestört weiter.</translation>
    </message>
    <message>
        <source>The session is untouched.</source>
        <translation>Die Sitzung ist unberührt.</translation>
    </message>
    <message>
        <source>The session is as it was.</source>
        <translation>Die Sitzung ist, wie sie war.</translation>
    </message>
    <message>
        <source>The sessions are untouched.</source>
        <translation>Die Sitzungen sind unberührt.</translation>
    </message>
    <message>
        <source>Sessions and transcripts are untouched.</source>
        <translation>Sitzungen und Transkripte sind unberührt.</translation>
    </message>
    <message>
        <source>The recordings are safe.</source>
        <translation>Die Aufnahmen sind sicher.</translation>
    </message>
    <message>
        <source>The recordings and their transcripts are untouched.</source>
        <translation>Die Aufnahmen und ihre Transkripte sind unberührt.</translation>
    </message>
    <message>
        <source>The audio files are untouched.</source>
        <translation>Die Tondateien sind unberührt.</translation>
    </message>
    <message>
        <source>The audio and its journal are untouched.</source>
        <translation>Der Ton und sein Journal sind unberührt.</translation>
    </message>
    <message>
        <source>The archive is untouched.</source>
        <translation>Das Archiv ist unberührt.</translation>
    </message>
    <message>
        <source>Nothing was made.</source>
        <translation>Es wurde nichts angelegt.</translation>
    </message>
    <message>
        <source>Nothing was written.</source>
        <translation>Es wurde nichts geschrieben.</translation>
    </message>
    <message>
        <source>Nothing was imported.</source>
        <translation>Es wurde nichts importiert.</translation>
    </message>
    <message>
        <source>Nothing half made was left behind, and the session is untouched.</source>
        <translation>Nichts Halbfertiges blieb zurück, und die Sitzung ist unberührt.</translation>
    </message>
    <message>
        <source>Check that it can be read, and is whole.</source>
        <translation>Prüfen Sie, ob es lesbar und vollständig ist.</translation>
    </message>
    <message>
        <source>{what} can&apos;t be imported ({words}).</source>
        <translation>{what} lässt sich nicht importieren ({words}).</translation>
    </message>
    <message>
        <source>{what} holds no sound.</source>
        <translation>{what} enthält keinen Ton.</translation>
    </message>
    <message>
        <source>{what} is not in the archive any more.</source>
        <translation>{what} ist nicht mehr im Archiv.</translation>
    </message>
    <message>
        <source>The session is not in the archive any more.</source>
        <translation>Die Sitzung ist nicht mehr im Archiv.</translation>
    </message>
    <message>
        <source>Another process is at work on {what}.</source>
        <translation>Ein anderer Prozess arbeitet an {what}.</translation>
    </message>
    <message>
        <source>{what}&apos;s journal can&apos;t be read ({words}).</source>
        <translation>Das Journal von {what} ist nicht lesbar ({words}).</translation>
    </message>
    <message>
        <source>{what} has no journal.</source>
        <translation>{what} hat kein Journal.</translation>
    </message>
    <message>
        <source>{what} can&apos;t be thrown away: a process is at work on it.</source>
        <translation>{what} lässt sich nicht wegwerfen: Ein Prozess arbeitet daran.</translation>
    </message>
    <message>
        <source>Nothing was recorded in this session, so there is nothing to export.</source>
        <translation>In dieser Sitzung wurde nichts aufgenommen, also gibt es nichts zu exportieren.</translation>
    </message>
    <message>
        <source>Nothing was recorded between these moments.</source>
        <translation>Zwischen diesen Zeitpunkten wurde nichts aufgenommen.</translation>
    </message>
    <message>
        <source>The session has no transcript yet, so there are no captions and no citation of it.</source>
        <translation>Die Sitzung hat noch kein Transkript, also gibt es weder Untertitel noch Zitat von ihr.</translation>
    </message>
    <message>
        <source>Transcribe it first, or export it without them.</source>
        <translation>Transkribieren Sie sie erst, oder exportieren Sie ohne.</translation>
    </message>
    <message>
        <source>The work stumbled ({words}).</source>
        <translation>Die Arbeit ist gestolpert ({words}).</translation>
    </message>
    <message>
        <source>The others are there.</source>
        <translation>Die anderen sind da.</translation>
    </message>
    <message>
        <source>The others are in the archive.</source>
        <translation>Die anderen sind im Archiv.</translation>
    </message>
    <message>
        <source>{what} isn&apos;t as it was sealed: what was made of it may sound otherwise.</source>
        <translation>{what} ist nicht mehr, wie es versiegelt wurde: Was daraus gemacht wurde, kann anders klingen.</translation>
    </message>
    <message>
        <source>{what} aren&apos;t as they were sealed: what was made of them may sound otherwise.</source>
        <translation>{what} sind nicht mehr, wie sie versiegelt wurden: Was daraus gemacht wurde, kann anders klingen.</translation>
    </message>
    <message>
        <source>The connection to {host} can&apos;t be made, or broke, while {what} was downloaded.</source>
        <translation>Die Verbindung zu {host} kam nicht zustande oder riss ab, während {what} geladen wurde.</translation>
    </message>
    <message>
        <source>{host} sent nothing for {seconds} s while {what} was downloaded.</source>
        <translation>{host} hat {seconds} s lang nichts gesendet, während {what} geladen wurde.</translation>
    </message>
    <message>
        <source>The download of {what} from {host} broke off.</source>
        <translation>Das Laden von {what} von {host} brach ab.</translation>
    </message>
    <message>
        <source>What came so far is kept, and the next try goes on there.</source>
        <translation>Was bisher kam, bleibt, und der nächste Versuch macht dort weiter.</translation>
    </message>
    <message>
        <source>Check the connection and try again.</source>
        <translation>Prüfen Sie die Verbindung und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>What came is not {what}: its checksum differs.</source>
        <translation>Was kam, ist nicht {what}: Die Prüfsumme weicht ab.</translation>
    </message>
    <message>
        <source>It was thrown away; nothing else was touched.</source>
        <translation>Es wurde verworfen; sonst wurde nichts angerührt.</translation>
    </message>
    <message>
        <source>Try again; if it happens twice, something on the way changes the file.</source>
        <translation>Versuchen Sie es noch einmal; geschieht es zweimal, verändert unterwegs etwas die Datei.</translation>
    </message>
    <message>
        <source>{what} is being downloaded already, by another process.</source>
        <translation>{what} wird schon von einem anderen Prozess geladen.</translation>
    </message>
    <message>
        <source>Wait until it is done.</source>
        <translation>Warten Sie, bis er fertig ist.</translation>
    </message>
    <message>
        <source>{what} is not a Whisper checkpoint that can be read.</source>
        <translation>{what} ist kein lesbares Modell von Whisper.</translation>
    </message>
    <message>
        <source>{what} is a checkpoint, but not of Whisper: its tensors differ.</source>
        <translation>{what} ist ein Modell, aber keines von Whisper: Seine Tensoren sind andere.</translation>
    </message>
    <message>
        <source>OpenAI&apos;s own files end in .pt; &apos;aircheck models&apos; lists them.</source>
        <translation>OpenAIs eigene Dateien enden auf .pt; „aircheck models“ führt sie auf.</translation>
    </message>
    <message>
        <source>There is not enough memory for this model.</source>
        <translation>Für dieses Modell reicht der Speicher nicht.</translation>
    </message>
    <message>
        <source>What is transcribed already is kept.</source>
        <translation>Was schon transkribiert ist, bleibt.</translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller model.</source>
        <translation>Schließen Sie andere Programme, oder wählen Sie ein kleineres Modell.</translation>
    </message>
    <message>
        <source>The transcriber was ended from outside three times at the same place; there may not be enough memory for this model.</source>
        <translation>Die Transkription wurde dreimal an derselben Stelle von außen beendet; vielleicht reicht der Speicher für dieses Modell nicht.</translation>
    </message>
    <message>
        <source>The queue of transcriptions is held by another process.</source>
        <translation>Die Warteschlange der Transkriptionen hält ein anderer Prozess.</translation>
    </message>
    <message>
        <source>Nothing was said at {at} s, says {what}.</source>
        <translation>Bei {at} s wurde laut {what} nichts gesagt.</translation>
    </message>
    <message>
        <source>Another correction is being written.</source>
        <translation>Gerade wird eine andere Korrektur geschrieben.</translation>
    </message>
    <message>
        <source>Give a moment inside of the segment.</source>
        <translation>Geben Sie einen Zeitpunkt innerhalb des Segments an.</translation>
    </message>
    <message>
        <source>There is no field &apos;{name}:&apos;, so it is searched as text.</source>
        <translation>Es gibt kein Feld „{name}:“; es wird als Text gesucht.</translation>
    </message>
    <message>
        <source>No session has the title &apos;{value}&apos;.</source>
        <translation>Keine Sitzung hat den Titel „{value}“.</translation>
    </message>
    <message>
        <source>No session has the source &apos;{value}&apos;.</source>
        <translation>Keine Sitzung hat die Quelle „{value}“.</translation>
    </message>
    <message>
        <source>No session has the tag &apos;{value}&apos;.</source>
        <translation>Keine Sitzung hat das Schlagwort „{value}“.</translation>
    </message>
    <message>
        <source>No session has the speaker &apos;{value}&apos;.</source>
        <translation>In keiner Sitzung spricht „{value}“.</translation>
    </message>
    <message>
        <source>No session has the language &apos;{value}&apos;.</source>
        <translation>Keine Sitzung ist in der Sprache „{value}“.</translation>
    </message>
    <message>
        <source>There is no {kind} in any session.</source>
        <translation>In keiner Sitzung gibt es etwas der Art „{kind}“.</translation>
    </message>
    <message>
        <source>&apos;kind:&apos; is one of {kinds}, so &apos;{value}&apos; is searched as text.</source>
        <translation>„kind:“ ist eines von {kinds}; „{value}“ wird als Text gesucht.</translation>
    </message>
    <message>
        <source>&apos;{value}&apos; is not a date, so it is searched as text.</source>
        <translation>„{value}“ ist kein Datum; es wird als Text gesucht.</translation>
    </message>
    <message>
        <source>The dates leave no time between them.</source>
        <translation>Die Daten lassen keine Zeit dazwischen.</translation>
    </message>
    <message>
        <source>There is no word in it to search.</source>
        <translation>Darin ist kein Wort, nach dem gesucht werden kann.</translation>
    </message>
    <message>
        <source>Words to leave out need others to be searched.</source>
        <translation>Zu Wörtern, die fehlen sollen, braucht es andere, die gesucht werden.</translation>
    </message>
    <message>
        <source>&apos;{word}*&apos; is too short, so only the word itself is searched.</source>
        <translation>„{word}*“ ist zu kurz; nur das Wort selbst wird gesucht.</translation>
    </message>
    <message>
        <source>More than {count} matches, so they are shown newest first.</source>
        <translation>Mehr als {count} Treffer, darum die neuesten zuerst.</translation>
    </message>
    <message>
        <source>Not all of the archive was looked through yet; the newest matches are shown.</source>
        <translation>Noch ist nicht das ganze Archiv durchsucht; gezeigt werden die neuesten Treffer.</translation>
    </message>
    <message>
        <source>The index is still being made, so there may be more.</source>
        <translation>Der Index wird noch gemacht; es kann mehr geben.</translation>
    </message>
</context>
<context>
    <name>RecordBar</name>
    <message>
        <source>Record</source>
        <translation>Aufnehmen</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>Planen</translation>
    </message>
    <message>
        <source>Paste a link to record, or search what was said</source>
        <translation>Link zum Aufnehmen einfügen oder Gesagtes suchen</translation>
    </message>
    <message>
        <source>A link, a device or a file to record, or words to search</source>
        <translation>Ein Link, ein Gerät oder eine Datei zum Aufnehmen, oder Worte zum Suchen</translation>
    </message>
    <message>
        <source>Record the link, device or file (Return)</source>
        <translation>Link, Gerät oder Datei aufnehmen (Eingabe)</translation>
    </message>
    <message>
        <source>Record a device or the system&apos;s sound</source>
        <translation>Ein Gerät oder den Systemton aufnehmen</translation>
    </message>
    <message>
        <source>When, for how long, and other sources</source>
        <translation>Wann, wie lange und weitere Quellen</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Startet …</translation>
    </message>
</context>
<context>
    <name>Replay</name>
    <message>
        <source>Wait for the replay</source>
        <translation>Auf die Wiederholung warten</translation>
    </message>
    <message>
        <source>Waiting for the replay on {host}, also when the window is closed.</source>
        <translation>Wartet auf die Wiederholung bei {host}, auch bei geschlossenem Fenster.</translation>
    </message>
    <message>
        <source>Waiting for the replay, also when the window is closed.</source>
        <translation>Wartet auf die Wiederholung, auch bei geschlossenem Fenster.</translation>
    </message>
    <message>
        <source>The replay is there: {percent} compared.</source>
        <translation>Die Wiederholung ist da: {percent} verglichen.</translation>
    </message>
    <message>
        <source>Asked again at {time}.</source>
        <translation>Nächste Nachfrage um {time}.</translation>
    </message>
    <message>
        <source>If {host} posts a replay, the gaps can be filled from it.</source>
        <translation>Stellt {host} eine Wiederholung bereit, lassen sich die Lücken daraus füllen.</translation>
    </message>
    <message>
        <source>The replay of {title} came, and gaps are filled from it.</source>
        <translation>Die Wiederholung von {title} ist da, Lücken sind daraus gefüllt.</translation>
    </message>
    <message>
        <source>Wait no longer</source>
        <translation>Nicht länger warten</translation>
    </message>
    <message>
        <source>What was recorded is as it was.</source>
        <translation>Das Aufgenommene ist, wie es war.</translation>
    </message>
</context>
<context>
    <name>Schedule</name>
    <message>
        <source>Its title; the source&apos;s own where empty</source>
        <translation>Der Titel; leer: der der Quelle</translation>
    </message>
    <message>
        <source>As announced: 8pm ET, tomorrow 20:00</source>
        <translation>Wie angekündigt: 20 Uhr, morgen 20:00</translation>
    </message>
    <message>
        <source>Once</source>
        <translation>Einmal</translation>
    </message>
    <message>
        <source>Every day</source>
        <translation>Jeden Tag</translation>
    </message>
    <message>
        <source>Every week</source>
        <translation>Jede Woche</translation>
    </message>
    <message>
        <source>Until it ends, or 90m, 1h30m</source>
        <translation>Bis sie endet, oder 90m, 1h30m</translation>
    </message>
    <message>
        <source>An hour without sound, or 20m</source>
        <translation>Einer Stunde ohne Ton, oder 20m</translation>
    </message>
    <message>
        <source>Other sources of the same event, one per line</source>
        <translation>Andere Quellen desselben Ereignisses, eine je Zeile</translation>
    </message>
    <message>
        <source>Take over where the source fails</source>
        <translation>Springen ein, wo die Quelle ausfällt</translation>
    </message>
    <message>
        <source>Are recorded beside the source</source>
        <translation>Werden neben der Quelle aufgenommen</translation>
    </message>
    <message>
        <source>One track per channel</source>
        <translation>Eine Spur je Kanal</translation>
    </message>
    <message>
        <source>Start at once</source>
        <translation>Sofort beginnen</translation>
    </message>
    <message>
        <source>Forget the day and the time</source>
        <translation>Tag und Uhrzeit verwerfen</translation>
    </message>
    <message>
        <source>Announced for {when}. Waiting begins two minutes before.</source>
        <translation>Angekündigt für {when}. Das Warten beginnt zwei Minuten vorher.</translation>
    </message>
    <message>
        <source>It begins at once.</source>
        <translation>Sie beginnt sofort.</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>When, in words</source>
        <translation>Wann, in Worten</translation>
    </message>
    <message>
        <source>Day</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>Time of day</source>
        <translation>Uhrzeit</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>Zeitzone</translation>
    </message>
    <message>
        <source>How often</source>
        <translation>Wie oft</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Give up after a time without sound</source>
        <translation>Aufgeben nach einer Zeit ohne Ton</translation>
    </message>
    <message>
        <source>Mirrors: other sources of the same event</source>
        <translation>Spiegel: andere Quellen desselben Ereignisses</translation>
    </message>
    <message>
        <source>What the mirrors do</source>
        <translation>Was die Spiegel tun</translation>
    </message>
    <message>
        <source>Mirrors</source>
        <translation>Spiegel</translation>
    </message>
    <message>
        <source>Mirrors then</source>
        <translation>Spiegel dann</translation>
    </message>
    <message>
        <source>Give up after</source>
        <translation>Aufgeben nach</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Day, time</source>
        <translation>Tag, Uhrzeit</translation>
    </message>
    <message>
        <source>Zone</source>
        <translation>Zone</translation>
    </message>
    <message>
        <source>Repeats</source>
        <translation>Wiederholung</translation>
    </message>
    <message>
        <source>Ends after</source>
        <translation>Endet nach</translation>
    </message>
</context>
<context>
    <name>Search</name>
    <message>
        <source>Narrow the search</source>
        <translation>Suche eingrenzen</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen …</translation>
    </message>
    <message>
        <source>Forget this search</source>
        <translation>Diese Suche verwerfen</translation>
    </message>
    <message>
        <source>Kept searches</source>
        <translation>Gesicherte Suchen</translation>
    </message>
    <message>
        <source>Try fewer words, the beginning of a word with *, or OR between two words.</source>
        <translation>Versuchen Sie weniger Worte, einen Wortanfang mit *, oder OR zwischen zwei Worten.</translation>
    </message>
    <message>
        <source>Hits; Return plays one, the right arrow shows more of it</source>
        <translation>Treffer; Eingabe spielt einen, Pfeil rechts zeigt mehr davon</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Name of this search</source>
        <translation>Name dieser Suche</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>The quote is copied, with all that is needed to check it.</source>
        <translation>Das Zitat ist kopiert, mit allem, was zum Prüfen nötig ist.</translation>
    </message>
    <message>
        <source>All hits as a file</source>
        <translation>Alle Treffer als Datei</translation>
    </message>
    <message>
        <source>Show the better order</source>
        <translation>Bessere Reihenfolge zeigen</translation>
    </message>
    <message>
        <source>By session</source>
        <translation>Nach Sitzung</translation>
    </message>
    <message>
        <source>Keep this search</source>
        <translation>Diese Suche behalten</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>Suche leeren</translation>
    </message>
    <message>
        <source>Search what was said</source>
        <translation>Gesagtes suchen</translation>
    </message>
    <message>
        <source>Type words above. “In quotes” finds them just so, and speaker: tag: source: from: to: narrow it.</source>
        <translation>Tippen Sie oben Worte. „In Anführungszeichen“ werden sie genau so gefunden; speaker: tag: source: from: to: grenzen ein.</translation>
    </message>
    <message>
        <source>Begin</source>
        <translation>Anfang</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Open the session there</source>
        <translation>Sitzung dort öffnen</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>Davor und danach</translation>
    </message>
    <message>
        <source>Quote</source>
        <translation>Zitat</translation>
    </message>
    <message>
        <source>Clip…</source>
        <translation>Ausschnitt …</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>Link kopieren</translation>
    </message>
    <message>
        <source>Search for it</source>
        <translation>Danach suchen</translation>
    </message>
    <message>
        <source>The link is copied.</source>
        <translation>Der Link ist kopiert.</translation>
    </message>
    <message>
        <source>Table (CSV)…</source>
        <translation>Tabelle (CSV) …</translation>
    </message>
    <message>
        <source>For programs (JSON)…</source>
        <translation>Für Programme (JSON) …</translation>
    </message>
    <message>
        <source>This session is not in the archive any more.</source>
        <translation>Diese Sitzung ist nicht mehr im Archiv.</translation>
    </message>
    <message>
        <source>Search again.</source>
        <translation>Suchen Sie noch einmal.</translation>
    </message>
    <message>
        <source>hits</source>
        <translation>Treffer</translation>
    </message>
    <message>
        <source>Show {order}</source>
        <translation>{order} zeigen</translation>
    </message>
    <message>
        <source>Did you mean “{words}”?</source>
        <translation>Meinten Sie „{words}“?</translation>
    </message>
    <message numerus="yes">
        <source>%n hit(s) written to {file}.</source>
        <translation>
            <numerusform>%n Treffer in {file} geschrieben.</numerusform>
            <numerusform>%n Treffer in {file} geschrieben.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hit(s)</source>
        <translation>
            <numerusform>%n Treffer</numerusform>
            <numerusform>%n Treffer</numerusform>
        </translation>
    </message>
    <message>
        <source>newest first</source>
        <translation>Neueste zuerst</translation>
    </message>
    <message>
        <source>less than 1 ms</source>
        <translation>weniger als 1 ms</translation>
    </message>
    <message>
        <source>Nothing found.</source>
        <translation>Nichts gefunden.</translation>
    </message>
    <message>
        <source>best first</source>
        <translation>Beste zuerst</translation>
    </message>
    <message numerus="yes">
        <source>{done} of %n session(s) are indexed</source>
        <translation>
            <numerusform>{done} von %n Sitzung im Index</numerusform>
            <numerusform>{done} von %n Sitzungen im Index</numerusform>
        </translation>
    </message>
    <message>
        <source>Said</source>
        <translation>Gesagt</translation>
    </message>
    <message>
        <source>Marker</source>
        <translation>Marke</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>{count}+ hits</source>
        <translation>über {count} Treffer</translation>
    </message>
    <message>
        <source>with words that begin with “{beginning}”</source>
        <translation>mit Worten, die mit „{beginning}“ beginnen</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Year</source>
        <translation>Jahr</translation>
    </message>
    <message>
        <source>Speaker</source>
        <translation>Sprecher</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Schlagwort</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Both are as they were.</source>
        <translation>Beide sind, wie sie waren.</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>Wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>Another search is saved as &apos;{name}&apos; already.</source>
        <translation>Eine andere Suche heißt schon „{name}“.</translation>
    </message>
    <message>
        <source>{ms:.0f} ms</source>
        <translation>{ms:.0f} ms</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>Captions can be made while it records; the recording comes first.</source>
        <translation>Untertitel können während der Aufnahme entstehen; die Aufnahme hat Vorrang.</translation>
    </message>
    <message>
        <source>The quote is copied, with its source.</source>
        <translation>Das Zitat ist kopiert, mit seiner Quelle.</translation>
    </message>
    <message>
        <source>It knows the sample&apos;s words alone.</source>
        <translation>Es kennt nur die Wörter des Beispiels.</translation>
    </message>
    <message>
        <source>Track {track}, {language}</source>
        <translation>Spur {track}, {language}</translation>
    </message>
    <message>
        <source>By Whisper {model}, translated from {language}.</source>
        <translation>Von Whisper {model}, übersetzt ({language} → Englisch).</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>Title, host, description, rights, cover</source>
        <translation>Titel, Gastgeber, Beschreibung, Rechte, Titelbild</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Compare with another recording of the event, or complete from it</source>
        <translation>Mit einer anderen Aufnahme des Ereignisses vergleichen oder daraus ergänzen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Keys (?)</source>
        <translation>Tasten (?)</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>Beweise</translation>
    </message>
    <message>
        <source>Zoom in (+)</source>
        <translation>Vergrößern (+)</translation>
    </message>
    <message>
        <source>Zoom out (-)</source>
        <translation>Verkleinern (-)</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>Ausschnitt</translation>
    </message>
    <message>
        <source>Show captions</source>
        <translation>Untertitel zeigen</translation>
    </message>
    <message>
        <source>Transcribe</source>
        <translation>Transkribieren</translation>
    </message>
    <message>
        <source>{begin} to {end}, {length}</source>
        <translation>{begin} bis {end}, {length}</translation>
    </message>
    <message>
        <source>The captions broke off.</source>
        <translation>Die Untertitel sind abgebrochen.</translation>
    </message>
    <message>
        <source>The recording goes on.</source>
        <translation>Die Aufnahme läuft weiter.</translation>
    </message>
    <message>
        <source>Ask for them again, or have it transcribed afterwards.</source>
        <translation>Fordern Sie sie noch einmal an, oder lassen Sie die Sitzung danach transkribieren.</translation>
    </message>
    <message>
        <source>Its audio files, if any, are untouched.</source>
        <translation>Ihre Tondateien, falls vorhanden, sind unberührt.</translation>
    </message>
    <message>
        <source>Import them with &apos;aircheck import&apos;.</source>
        <translation>Importieren Sie sie mit „aircheck import“.</translation>
    </message>
    <message>
        <source>{folder} has no journal.</source>
        <translation>{folder} hat kein Journal.</translation>
    </message>
    <message>
        <source>Too much was asked for at once; try again.</source>
        <translation>Zu viel auf einmal; versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Other sessions are fine.</source>
        <translation>Andere Sitzungen sind in Ordnung.</translation>
    </message>
    <message>
        <source>Cover</source>
        <translation>Titelbild</translation>
    </message>
    <message>
        <source>gap of {length}: {reason}</source>
        <translation>Lücke von {length}: {reason}</translation>
    </message>
    <message>
        <source>Imported.</source>
        <translation>Importiert.</translation>
    </message>
    <message>
        <source>By Whisper {model}, {language}.</source>
        <translation>Von Whisper {model}, {language}.</translation>
    </message>
    <message>
        <source>Corrected by {author}, {day}.</source>
        <translation>Berichtigt von {author}, {day}.</translation>
    </message>
    <message>
        <source>marker</source>
        <translation>Marke</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>Add a file…</source>
        <translation>Datei hinzufügen …</translation>
    </message>
    <message>
        <source>On this machine.</source>
        <translation>Auf diesem Rechner.</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Herunterladen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Suits this computer</source>
        <translation>Passt zu diesem Computer</translation>
    </message>
    <message>
        <source>Download of {model}</source>
        <translation>Download von {model}</translation>
    </message>
    <message>
        <source>Find a setting</source>
        <translation>Einstellung suchen</translation>
    </message>
    <message>
        <source>No setting has these words.</source>
        <translation>Keine Einstellung hat diese Worte.</translation>
    </message>
    <message>
        <source>A Whisper checkpoint</source>
        <translation>Eine Whisper-Modelldatei</translation>
    </message>
    <message>
        <source>Checkpoints (*.pt)</source>
        <translation>Modelldateien (*.pt)</translation>
    </message>
    <message>
        <source>It takes effect when Aircheck is opened the next time.</source>
        <translation>Wirkt, wenn Aircheck das nächste Mal geöffnet wird.</translation>
    </message>
    <message>
        <source>{variable} in the environment decides it.</source>
        <translation>{variable} in der Umgebung bestimmt es.</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Too much was asked for at once; try again.</source>
        <translation>Zu viel auf einmal; versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archiv</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Transcription</source>
        <translation>Transkription</translation>
    </message>
    <message>
        <source>Keeping</source>
        <translation>Aufbewahrung</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>English only.</source>
        <translation>Nur Englisch.</translation>
    </message>
    <message>
        <source>{model} ({size} to download)</source>
        <translation>{model} ({size} zum Herunterladen)</translation>
    </message>
    <message>
        <source>Folder of the archive</source>
        <translation>Ordner des Archivs</translation>
    </message>
    <message>
        <source>New sessions are recorded here. Sessions that are elsewhere stay there; &apos;aircheck move&apos; moves an archive whole.</source>
        <translation>Hier wird aufgenommen. Sitzungen, die anderswo liegen, bleiben dort; „aircheck move“ zieht ein Archiv im Ganzen um.</translation>
    </message>
    <message>
        <source>place disk recordings</source>
        <translation>Ort Platte Aufnahmen Speicherort</translation>
    </message>
    <message>
        <source>Folder for exports</source>
        <translation>Ordner für Exporte</translation>
    </message>
    <message>
        <source>Where exports go, unless you choose another folder.</source>
        <translation>Wohin exportiert wird, wenn Sie keinen anderen Ordner wählen.</translation>
    </message>
    <message>
        <source>Watched folders</source>
        <translation>Überwachte Ordner</translation>
    </message>
    <message>
        <source>What is put there is imported once it is whole, and stays where it is. Jobs shows it; it goes on when the window is closed.</source>
        <translation>Was dort abgelegt wird, wird importiert, sobald es vollständig ist, und bleibt, wo es ist. Die Aufträge zeigen es; es geht bei geschlossenem Fenster weiter.</translation>
    </message>
    <message>
        <source>import recorder memos automatic</source>
        <translation>importieren Diktiergerät Sprachnotizen automatisch</translation>
    </message>
    <message>
        <source>Keep what was before</source>
        <translation>Vorlauf behalten</translation>
    </message>
    <message>
        <source>A device that you have chosen is listened to before you press Record, and the recording begins so much earlier. 0: off. Nothing is stored until you record.</source>
        <translation>In ein gewähltes Gerät wird schon vor dem Druck auf „Aufnehmen“ hineingehört, und die Aufnahme beginnt um so viel früher. 0: aus. Vor der Aufnahme wird nichts gespeichert.</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>pre-roll microphone</source>
        <translation>Vorlauf Mikrofon</translation>
    </message>
    <message>
        <source>Cookies for pages</source>
        <translation>Cookies für Seiten</translation>
    </message>
    <message>
        <source>For pages that play only to those who have signed in: browser:firefox, or the path of a cookies.txt. Empty: none.</source>
        <translation>Für Seiten, die nur Angemeldeten etwas vorspielen: browser:firefox oder der Pfad einer cookies.txt. Leer: keine.</translation>
    </message>
    <message>
        <source>login password account</source>
        <translation>Anmeldung Passwort Konto</translation>
    </message>
    <message>
        <source>Go on after a restart</source>
        <translation>Nach einem Neustart weitermachen</translation>
    </message>
    <message>
        <source>At each login, recordings that were running or are scheduled are taken up again.</source>
        <translation>Bei jeder Anmeldung werden laufende und geplante Aufnahmen wieder aufgenommen.</translation>
    </message>
    <message>
        <source>autostart boot login</source>
        <translation>Autostart Neustart Anmeldung</translation>
    </message>
    <message>
        <source>Transcribe sessions when they end</source>
        <translation>Sitzungen am Ende transkribieren</translation>
    </message>
    <message>
        <source>So that every word can be found, without asking for it.</source>
        <translation>Damit jedes Wort gefunden wird, ohne eigens darum zu bitten.</translation>
    </message>
    <message>
        <source>whisper automatic</source>
        <translation>whisper automatisch</translation>
    </message>
    <message>
        <source>Whisper model</source>
        <translation>Whisper-Modell</translation>
    </message>
    <message>
        <source>Larger ones hear better and take longer. Until the chosen one is on this machine, the largest that is does the work.</source>
        <translation>Größere hören besser und brauchen länger. Bis das gewählte auf diesem Rechner ist, arbeitet das größte vorhandene.</translation>
    </message>
    <message>
        <source>language accuracy speed</source>
        <translation>Sprache Genauigkeit Tempo</translation>
    </message>
    <message>
        <source>Models on this machine</source>
        <translation>Modelle auf diesem Rechner</translation>
    </message>
    <message>
        <source>A download goes on where it broke off. Recording needs no model.</source>
        <translation>Ein Download geht weiter, wo er abbrach. Zum Aufnehmen braucht es kein Modell.</translation>
    </message>
    <message>
        <source>download remove add file</source>
        <translation>herunterladen entfernen hinzufügen Datei</translation>
    </message>
    <message>
        <source>Folder of the models</source>
        <translation>Ordner der Modelle</translation>
    </message>
    <message>
        <source>Shared by all archives.</source>
        <translation>Für alle Archive gemeinsam.</translation>
    </message>
    <message>
        <source>Move old sessions to the trash</source>
        <translation>Alte Sitzungen in den Papierkorb</translation>
    </message>
    <message>
        <source>After so many days. 0: never. Sessions in collections always stay.</source>
        <translation>Nach so vielen Tagen. 0: nie. Sitzungen in Sammlungen bleiben immer.</translation>
    </message>
    <message>
        <source>days</source>
        <translation>Tage</translation>
    </message>
    <message>
        <source>retention delete age</source>
        <translation>Aufbewahrung löschen Alter</translation>
    </message>
    <message>
        <source>Keep room on the disk</source>
        <translation>Platz auf der Platte halten</translation>
    </message>
    <message>
        <source>While less is free, the oldest sessions go to the trash. 0: never. Sessions in collections always stay.</source>
        <translation>Solange weniger frei ist, kommen die ältesten Sitzungen in den Papierkorb. 0: nie. Sitzungen in Sammlungen bleiben immer.</translation>
    </message>
    <message>
        <source>retention space full</source>
        <translation>Aufbewahrung Platz voll</translation>
    </message>
    <message>
        <source>Empty the trash by itself</source>
        <translation>Papierkorb von selbst leeren</translation>
    </message>
    <message>
        <source>What lies in it for so many days is deleted for good. 0: never.</source>
        <translation>Was so viele Tage darin liegt, wird endgültig gelöscht. 0: nie.</translation>
    </message>
    <message>
        <source>retention delete</source>
        <translation>Aufbewahrung löschen</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Of the window; dates and numbers follow it.</source>
        <translation>Die des Fensters; Daten und Zahlen folgen ihr.</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farbschema</translation>
    </message>
    <message>
        <source>Light, dark, or high contrast.</source>
        <translation>Hell, dunkel oder hoher Kontrast.</translation>
    </message>
    <message>
        <source>colours appearance night</source>
        <translation>Farben Aussehen Nacht</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Benachrichtigungen</translation>
    </message>
    <message>
        <source>When a session goes live, breaks, is refused, ends, or can be searched.</source>
        <translation>Wenn eine Sitzung beginnt, abbricht, abgewiesen wird, endet oder durchsuchbar ist.</translation>
    </message>
    <message>
        <source>Stay in the tray</source>
        <translation>Im Infobereich bleiben</translation>
    </message>
    <message>
        <source>When the window is closed, where the desktop has a tray. Recordings go on either way.</source>
        <translation>Wenn das Fenster geschlossen wird und es einen Infobereich gibt. Aufnahmen laufen so oder so weiter.</translation>
    </message>
    <message>
        <source>close quit icon</source>
        <translation>schließen beenden Symbol</translation>
    </message>
    <message>
        <source>Publishing</source>
        <translation>Veröffentlichen</translation>
    </message>
    <message>
        <source>Your signing key</source>
        <translation>Ihr Signaturschlüssel</translation>
    </message>
    <message>
        <source>It signs what you export unedited. Publish the public key where people know you: it tells your archive&apos;s exports from others&apos;.</source>
        <translation>Er signiert, was Sie unbearbeitet exportieren. Veröffentlichen Sie den öffentlichen Schlüssel dort, wo man Sie kennt: Er unterscheidet die Exporte Ihres Archivs von anderen.</translation>
    </message>
    <message>
        <source>signature proof fingerprint ssh</source>
        <translation>Signatur Nachweis Fingerabdruck ssh</translation>
    </message>
    <message>
        <source>{model} (on this machine)</source>
        <translation>{model} (auf diesem Rechner)</translation>
    </message>
    <message>
        <source>The fastest on any machine, with many mistakes.</source>
        <translation>Auf jedem Rechner am schnellsten, mit vielen Fehlern.</translation>
    </message>
    <message>
        <source>Fast; good enough to search clear speech.</source>
        <translation>Schnell; gut genug, um klare Sprache zu durchsuchen.</translation>
    </message>
    <message>
        <source>A good balance on a recent computer.</source>
        <translation>Gut ausgewogen auf einem neueren Rechner.</translation>
    </message>
    <message>
        <source>Accurate, and slow without a graphics card.</source>
        <translation>Genau, ohne Grafikkarte aber langsam.</translation>
    </message>
    <message>
        <source>The first large one; large-v3 is better.</source>
        <translation>Das erste große; large-v3 ist besser.</translation>
    </message>
    <message>
        <source>Very accurate; wants a graphics card.</source>
        <translation>Sehr genau; braucht eine Grafikkarte.</translation>
    </message>
    <message>
        <source>The most accurate; wants a graphics card.</source>
        <translation>Am genauesten; braucht eine Grafikkarte.</translation>
    </message>
    <message>
        <source>Nearly as accurate as large-v3, and faster.</source>
        <translation>Fast so genau wie large-v3 und schneller.</translation>
    </message>
    <message>
        <source>The system&apos;s</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Hoher Kontrast</translation>
    </message>
    <message>
        <source>On</source>
        <translation>Ein</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>Ordner hinzufügen …</translation>
    </message>
    <message>
        <source>Public key</source>
        <translation>Öffentlicher Schlüssel</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy the public key</source>
        <translation>Öffentlichen Schlüssel kopieren</translation>
    </message>
    <message>
        <source>Make the key</source>
        <translation>Schlüssel erzeugen</translation>
    </message>
    <message>
        <source>There is none yet; the first export makes it, too.</source>
        <translation>Noch gibt es keinen; auch der erste Export erzeugt ihn.</translation>
    </message>
    <message>
        <source>Remove {name} from the list</source>
        <translation>{name} aus der Liste nehmen</translation>
    </message>
    <message>
        <source>Fingerprint: {hash}</source>
        <translation>Fingerabdruck: {hash}</translation>
    </message>
</context>
<context>
    <name>Side</name>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Bibliothek</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Newest sessions</source>
        <translation>Neueste Sitzungen</translation>
    </message>
    <message>
        <source>Newest sessions; Return opens one</source>
        <translation>Neueste Sitzungen; Eingabe öffnet eine</translation>
    </message>
</context>
<context>
    <name>Sources</name>
    <message>
        <source>Nothing on this computer can be recorded.</source>
        <translation>Auf diesem Rechner lässt sich nichts aufnehmen.</translation>
    </message>
    <message>
        <source>Choose</source>
        <translation>Wählen</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnehmen</translation>
    </message>
    <message>
        <source>What this computer can record</source>
        <translation>Was dieser Rechner aufnehmen kann</translation>
    </message>
    <message>
        <source>Looking for inputs…</source>
        <translation>Eingänge werden gesucht …</translation>
    </message>
    <message>
        <source>{name} (default)</source>
        <translation>{name} (Standard)</translation>
    </message>
    <message>
        <source>Level of {name}</source>
        <translation>Pegel von {name}</translation>
    </message>
    <message>
        <source>Choose {name}</source>
        <translation>{name} wählen</translation>
    </message>
    <message>
        <source>Record {name}</source>
        <translation>{name} aufnehmen</translation>
    </message>
</context>
<context>
    <name>Times</name>
    <message>
        <source>today</source>
        <translation>heute</translation>
    </message>
    <message>
        <source>o&apos;clock</source>
        <translation>Uhr</translation>
    </message>
    <message>
        <source>tonight</source>
        <translation>heute Abend</translation>
    </message>
    <message>
        <source>tomorrow</source>
        <translation>morgen</translation>
    </message>
    <message>
        <source>noon</source>
        <translation>mittag</translation>
    </message>
    <message>
        <source>midnight</source>
        <translation>mitternacht</translation>
    </message>
    <message>
        <source>on</source>
        <comment>before a day</comment>
        <translation>am</translation>
    </message>
    <message>
        <source>at</source>
        <comment>before a time of day</comment>
        <translation>um</translation>
    </message>
    <message>
        <source>January February March April May June July August September October November December</source>
        <translation>Januar Februar März April Mai Juni Juli August September Oktober November Dezember</translation>
    </message>
</context>
<context>
    <name>Transcribe</name>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>As in the settings</source>
        <translation>Wie in den Einstellungen</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Found by listening</source>
        <translation>Wird herausgehört</translation>
    </message>
    <message>
        <source>Translate to English</source>
        <translation>Ins Englische übersetzen</translation>
    </message>
    <message>
        <source>As a second transcript, beside the one of what is spoken</source>
        <translation>Als zweites Transkript, neben dem des Gesprochenen</translation>
    </message>
    <message>
        <source>Each channel is a speaker</source>
        <translation>Jeder Kanal ist ein Sprecher</translation>
    </message>
    <message>
        <source>Where one is on the left and the other on the right</source>
        <translation>Wenn einer links ist und der andere rechts</translation>
    </message>
    <message>
        <source>Transcribe</source>
        <translation>Transkribieren</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>Transcript</name>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Another language or track</source>
        <translation>Andere Sprache oder Spur</translation>
    </message>
    <message>
        <source>Undo the correction (Ctrl+Z)</source>
        <translation>Berichtigung zurücknehmen (Strg+Z)</translation>
    </message>
    <message>
        <source>Correct again (Ctrl+Y)</source>
        <translation>Wieder berichtigen (Strg+Y)</translation>
    </message>
    <message>
        <source>No transcript yet</source>
        <translation>Noch kein Transkript</translation>
    </message>
    <message>
        <source>Transcribe</source>
        <translation>Transkribieren</translation>
    </message>
    <message>
        <source>Follows what is heard; stay here</source>
        <translation>Folgt dem Gehörten; hierbleiben</translation>
    </message>
    <message>
        <source>Follow what is heard</source>
        <translation>Dem Gehörten folgen</translation>
    </message>
    <message>
        <source>Transcript; Return plays the word</source>
        <translation>Transkript; Eingabe spielt das Wort</translation>
    </message>
</context>
<context>
    <name>Transcription</name>
    <message>
        <source>Its words can be found once it is transcribed.</source>
        <translation>Ihre Worte sind auffindbar, sobald sie transkribiert ist.</translation>
    </message>
    <message>
        <source>It is transcribed when the session is over.</source>
        <translation>Sie wird transkribiert, wenn die Sitzung zu Ende ist.</translation>
    </message>
    <message>
        <source>Waiting to be transcribed by {model}.</source>
        <translation>Wartet auf die Transkription durch {model}.</translation>
    </message>
    <message>
        <source>{model} is transcribing it: {share:.0%}.</source>
        <translation>{model} transkribiert sie: {share:.0%}.</translation>
    </message>
    <message>
        <source>Its transcription by {model} is paused.</source>
        <translation>Die Transkription durch {model} ist angehalten.</translation>
    </message>
    <message>
        <source>{why} The audio is untouched.</source>
        <translation>{why} Der Ton ist unberührt.</translation>
    </message>
    <message>
        <source>Its transcription was cancelled.</source>
        <translation>Die Transkription wurde abgebrochen.</translation>
    </message>
    <message>
        <source>Waits for a model: Whisper {model} is not on this computer yet. Get it in the settings.</source>
        <translation>Wartet auf ein Modell: Whisper {model} ist noch nicht auf diesem Computer. Die Einstellungen laden es.</translation>
    </message>
    <message>
        <source>There is no audio in it.</source>
        <translation>Darin ist kein Ton.</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Open Aircheck</source>
        <translation>Aircheck öffnen</translation>
    </message>
    <message>
        <source>Mark this moment</source>
        <translation>Diesen Moment markieren</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Aircheck beenden</translation>
    </message>
    <message>
        <source>Nothing is being recorded</source>
        <translation>Es wird nichts aufgenommen</translation>
    </message>
</context>
<context>
    <name>Upkeep</name>
    <message numerus="yes">
        <source>%n session(s) went to the trash, by your rules.</source>
        <translation>
            <numerusform>%n Sitzung kam nach Ihren Regeln in den Papierkorb.</numerusform>
            <numerusform>%n Sitzungen kamen nach Ihren Regeln in den Papierkorb.</numerusform>
        </translation>
    </message>
    <message>
        <source>They can be brought back from there.</source>
        <translation>Von dort lassen sie sich zurückholen.</translation>
    </message>
</context>
<context>
    <name>Versions</name>
    <message>
        <source>read and searched</source>
        <translation>gelesen und durchsucht</translation>
    </message>
    <message>
        <source>Transcripts; Return shows one</source>
        <translation>Transkripte; Eingabe zeigt eines</translation>
    </message>
    <message>
        <source>Use this one</source>
        <translation>Dieses verwenden</translation>
    </message>
    <message>
        <source>Transcribe again</source>
        <translation>Neu transkribieren</translation>
    </message>
    <message>
        <source>There is no transcript yet.</source>
        <translation>Es gibt noch kein Transkript.</translation>
    </message>
    <message numerus="yes">
        <source>%n segment(s)</source>
        <translation>
            <numerusform>%n Segment</numerusform>
            <numerusform>%n Segmente</numerusform>
        </translation>
    </message>
    <message>
        <source>Restored by {author}</source>
        <translation>Zurückgeholt von {author}</translation>
    </message>
    <message>
        <source>Corrected by {author}</source>
        <translation>Berichtigt von {author}</translation>
    </message>
    <message>
        <source>Imported ({form})</source>
        <translation>Importiert ({form})</translation>
    </message>
    <message>
        <source>Whisper {model}, translated</source>
        <translation>Whisper {model}, übersetzt</translation>
    </message>
</context>
<context>
    <name>Waveform</name>
    <message>
        <source>The session&apos;s time; left and right move by five seconds</source>
        <translation>Die Zeit der Sitzung; links und rechts bewegen um fünf Sekunden</translation>
    </message>
    <message>
        <source>speech</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>music</source>
        <translation>Musik</translation>
    </message>
    <message>
        <source>silence</source>
        <translation>Stille</translation>
    </message>
    <message>
        <source>All of the session; left and right move by five seconds</source>
        <translation>Die ganze Sitzung; links und rechts bewegen um fünf Sekunden</translation>
    </message>
    <message>
        <source>Waveform; left and right move by five seconds, plus and minus zoom, 0 shows all</source>
        <translation>Wellenform; links und rechts bewegen um fünf Sekunden, Plus und Minus zoomen, 0 zeigt alles</translation>
    </message>
    <message>
        <source>marker</source>
        <translation>Marke</translation>
    </message>
    <message>
        <source>{clock}  gap of {length}: {reason}</source>
        <translation>{clock}  Lücke von {length}: {reason}</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Whisper {name} suits this computer ({size}). Words can be found once it is here; what is recorded before then is transcribed later.</source>
        <translation>Whisper {name} passt zu diesem Rechner ({size}). Worte lassen sich finden, sobald es da ist; was vorher aufgenommen wird, wird später transkribiert.</translation>
    </message>
    <message>
        <source>Whisper {name} is here and makes every word findable.</source>
        <translation>Whisper {name} ist da und macht jedes Wort auffindbar.</translation>
    </message>
    <message>
        <source>No model is called {name}; choose another in the settings.</source>
        <translation>Kein Modell heißt {name}; wählen Sie in den Einstellungen ein anderes.</translation>
    </message>
    <message>
        <source>{folder}, with {size} free</source>
        <translation>{folder}, {size} frei</translation>
    </message>
    <message>
        <source>Record what happens only once</source>
        <translation>Aufnehmen, was nur einmal geschieht</translation>
    </message>
    <message>
        <source>Paste a link above and press Return. Aircheck waits for the session, records it whatever happens, and makes every word findable.</source>
        <translation>Fügen Sie oben einen Link ein und drücken Sie die Eingabetaste. Aircheck wartet auf die Sitzung, nimmt sie auf, was auch geschieht, und macht jedes Wort auffindbar.</translation>
    </message>
    <message>
        <source>Where recordings go</source>
        <translation>Wo Aufnahmen liegen</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Ändern …</translation>
    </message>
    <message>
        <source>Recording needs nothing more</source>
        <translation>Zum Aufnehmen braucht es nicht mehr</translation>
    </message>
    <message>
        <source>It works at once, without a model or an account, and goes on when this window is closed.</source>
        <translation>Es geht sofort, ohne Modell und ohne Konto, und läuft weiter, wenn dieses Fenster geschlossen ist.</translation>
    </message>
    <message>
        <source>Words to search</source>
        <translation>Worte zum Suchen</translation>
    </message>
    <message>
        <source>Get it</source>
        <translation>Holen</translation>
    </message>
    <message>
        <source>Play the sample broadcast</source>
        <translation>Beispielsendung abspielen</translation>
    </message>
    <message>
        <source>Half a minute on this computer that starts late, breaks, and comes back.</source>
        <translation>Eine halbe Minute auf diesem Rechner, die zu spät beginnt, abbricht und wiederkommt.</translation>
    </message>
    <message>
        <source>On its way</source>
        <translation>Unterwegs</translation>
    </message>
    <message>
        <source>Get {model}</source>
        <translation>{model} holen</translation>
    </message>
</context>
<context>
    <name>Widgets</name>
    <message>
        <source>Level</source>
        <translation>Pegel</translation>
    </message>
    <message>
        <source>Dismiss the message</source>
        <translation>Meldung schließen</translation>
    </message>
    <message numerus="yes">
        <source>Show all %n</source>
        <translation>
            <numerusform>Alle %n zeigen</numerusform>
            <numerusform>Alle %n zeigen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Aircheck stays in the tray</source>
        <translation>Aircheck bleibt im Infobereich</translation>
    </message>
    <message>
        <source>Recordings go on in any case. Its menu has Quit.</source>
        <translation>Aufnahmen laufen in jedem Fall weiter. Beenden lässt es sich über sein Menü.</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message numerus="yes">
        <source>%n gap(s)</source>
        <translation>
            <numerusform>%n Lücke</numerusform>
            <numerusform>%n Lücken</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sessions are not transcribed yet</source>
        <translation>
            <numerusform>%n Sitzung ist noch nicht transkribiert</numerusform>
            <numerusform>%n Sitzungen sind noch nicht transkribiert</numerusform>
        </translation>
    </message>
    <message>
        <source>no gaps</source>
        <translation>keine Lücken</translation>
    </message>
    <message>
        <source>1 session is not transcribed yet</source>
        <translation>1 Sitzung ist noch nicht transkribiert</translation>
    </message>
    <message>
        <source>trying now</source>
        <translation>Versuch läuft</translation>
    </message>
    <message>
        <source>waiting begins now</source>
        <translation>das Warten beginnt jetzt</translation>
    </message>
    <message>
        <source>a few seconds left</source>
        <translation>noch einige Sekunden</translation>
    </message>
    <message>
        <source>Scheduled</source>
        <translation>Geplant</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>Verbindet</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Nimmt auf</translation>
    </message>
    <message>
        <source>Reconnecting</source>
        <translation>Verbindet neu</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>Abgewiesen</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Finishing</source>
        <translation>Schließt ab</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>abgewiesen</translation>
    </message>
    <message>
        <source>not available</source>
        <translation>nicht verfügbar</translation>
    </message>
    <message>
        <source>stalled</source>
        <translation>stockte</translation>
    </message>
    <message>
        <source>connection lost</source>
        <translation>Verbindung verloren</translation>
    </message>
    <message>
        <source>missing segment</source>
        <translation>Segment fehlt</translation>
    </message>
    <message>
        <source>device lost</source>
        <translation>Gerät verloren</translation>
    </message>
    <message>
        <source>foreign source</source>
        <translation>fremde Quelle</translation>
    </message>
    <message>
        <source>disk full</source>
        <translation>Platte voll</translation>
    </message>
    <message>
        <source>asleep</source>
        <translation>im Ruhezustand</translation>
    </message>
    <message>
        <source>killed</source>
        <translation>abgestürzt</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>{date}, {time}</source>
        <translation>{date}, {time}</translation>
    </message>
    <message>
        <source>{gaps}, {length} in all</source>
        <translation>{gaps}, zusammen {length}</translation>
    </message>
    <message>
        <source>next try in {time}</source>
        <translation>nächster Versuch in {time}</translation>
    </message>
    <message>
        <source>waiting begins in {time}</source>
        <translation>das Warten beginnt in {time}</translation>
    </message>
    <message>
        <source>about {length} left</source>
        <translation>noch etwa {length}</translation>
    </message>
    <message>
        <source>Unreadable</source>
        <translation>Unlesbar</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>Leer</translation>
    </message>
    <message>
        <source>Recovered</source>
        <translation>Gerettet</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>{n} s</source>
        <translation>{n} s</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} min</translation>
    </message>
    <message>
        <source>{n} h</source>
        <translation>{n} h</translation>
    </message>
    <message>
        <source>today, {time}</source>
        <translation>heute, {time}</translation>
    </message>
    <message>
        <source>yesterday, {time}</source>
        <translation>gestern, {time}</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>gestern</translation>
    </message>
</context>
</TS>
